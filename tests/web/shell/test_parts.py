"""Addresses of visitors, fingerprints of files, names of devices, and news that are shown once."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from rooms.people.registration import EmailKind, Notice
from tests.support.visitor import Visitor, make_site
from tests.support.world import World
from web.address import address_of
from web.assets import Assets
from web.devices import device_name
from web.emails import account_email

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def connection(peer: str, *forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return HTTPConnection({"type": "http", "client": (peer, 1234), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # not one of ours: what it says is not believed
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.9, 198.51.100.1"], "198.51.100.1"),  # earlier entries may be forged
        ("10.0.0.1", ["192.0.2.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::/64"),
        ("::ffff:203.0.113.7", [], "203.0.113.7"),
        ("testclient", [], "unknown"),
    ],
)
def test_an_address_is_that_of_the_visitor(peer: str, forwarded: list[str], address: str) -> None:
    assert address_of(connection(peer, *forwarded), PROXIES) == address


def test_a_file_has_a_new_address_when_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "main.css").write_text("a {}")
    assets = Assets(tmp_path)
    first = assets.address("main.css")
    assert first.startswith("/static/main.css?v=")
    assert assets.address("main.css") == first
    (tmp_path / "main.css").write_text("b {} ")
    assert assets.address("main.css") != first
    assert assets.address("") == "/static/"
    assert assets.address("absent.css") == "/static/absent.css"


async def test_a_file_with_its_fingerprint_may_be_kept_for_ever(visitor: Visitor) -> None:
    kept = await visitor.get("/static/icons.svg?v=abc")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await visitor.get("/static/icons.svg")).headers["cache-control"] == "no-cache"
    assert (await visitor.get("/sign-in")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/../site.py", "/static/%2e%2e/site.py", "/static//etc/passwd", "/static/..%2fsite.py"]
)
async def test_no_other_file_is_served(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit Version/19.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit Chrome/140.0 Mobile MicroMessenger/8.0", "WeChat · Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_in_words_of_ours(agent: str, name: str) -> None:
    assert device_name(agent) == name


async def test_a_forged_piece_of_news_is_not_shown(visitor: Visitor, world: World) -> None:
    await visitor.sign_in(world.people["attendee"])
    await visitor.post("/account", {"name": "Ada"}, follow=False)
    name = visitor.site.cookie("flash")
    news = visitor.http.cookies.get(name)
    assert news
    await visitor.get("/account")
    assert "Saved." in visitor.page
    visitor.http.cookies.set(name, "x" + news, domain=visitor.site.authority)
    await visitor.get("/account")
    assert "Saved." not in visitor.page


@pytest.mark.parametrize(
    ("url", "authority", "origin"),
    [
        ("http://localhost:8000", "localhost:8000", "http://localhost:8000"),
        ("https://forum.example", "forum.example", "https://forum.example"),
        ("https://Forum.Example:443", "forum.example", "https://forum.example"),
        ("http://forum.example:80", "forum.example", "http://forum.example"),
        ("http://[::1]:8000", "[::1]:8000", "http://[::1]:8000"),
    ],
)
async def test_a_site_knows_its_name_as_browsers_write_it(world: World, url: str, authority: str, origin: str) -> None:
    site = make_site(world, base_url=url)
    assert (site.authority, site.origin) == (authority, origin)


async def test_cookies_are_out_of_reach_of_scripts_and_neighbours(world: World, visitor: Visitor) -> None:
    answer = await visitor.get("/sign-in")
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-plenary-")
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
    plain = Visitor(make_site(world, base_url="http://localhost:8000"))
    assert (await plain.get("/sign-in")).headers["set-cookie"].startswith("plenary-")


@pytest.mark.parametrize(("path", "status"), [("/sign-in", 200), ("/sign-up", 200), ("/no/such/page", 404)])
async def test_every_page_has_the_name_and_the_contact_of_the_site(world: World, path: str, status: int) -> None:
    """users.md 33 and 31: pages outside a conference said "Plenary", and nobody said how to reach the organisers."""
    site = make_site(world, name="Forum of Baku", contact="organisers@forum.example")
    page = await Visitor(site).http.get(path)
    assert page.status_code == status
    bar, footer = page.text.partition("<main")[0], page.text.rpartition("<footer")[2]
    assert "Forum of Baku" in bar
    assert "Forum of Baku" in footer
    assert 'href="mailto:organisers@forum.example"' in footer
    assert ">Plenary<" not in page.text


async def test_emails_name_the_site_and_the_contact(world: World) -> None:
    site = make_site(world, name="Forum of Baku", contact="organisers@forum.example")
    text = account_email(site, "en", Notice(EmailKind.UNKNOWN, "ada@example.org", "", "")).text
    assert "Reply to this email, or write to organisers@forum.example." in text
    assert text.rstrip().endswith("Forum of Baku")
