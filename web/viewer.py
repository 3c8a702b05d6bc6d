"""Who is asking: the person behind a cookie, his language, zone and colours. Worked out once per request."""

import contextlib
import hashlib
import hmac
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_
from rooms.people import signins
from rooms.people.accounts import Account
from web.address import address_of
from web.site import Site, site_of

SIGNIN, BROWSER, LOCALE, THEME, ZONE, ZONE_NAME = "signin", "browser", "locale", "theme", "zone", "zone-name"
THEMES = ("auto", "light", "dark")
ZONES = ("event", "viewer")
LONG = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Viewer:
    """`person` is None for one who is not signed in. `zone_choice` is "event" or "viewer", `zone` the viewer's own where his device has told it.

    `csrf` goes into every form, and into the header X-CSRF-Token of every fetch that changes something.
    """

    person: Account | None
    signin: str | None
    browser: str
    locale: str
    theme: str
    zone_choice: str
    zone: ZoneInfo | None
    csrf: str
    address: str

    @property
    def id(self) -> str | None:
        return self.person.id if self.person else None

    @property
    def signed_in(self) -> Account:
        """The person. Raises Problem "not_signed_in"."""
        if self.person is None:
            raise Problem("not_signed_in", N_("Sign in first."))
        return self.person

    def zone_for(self, event: ZoneInfo) -> ZoneInfo:
        """The zone in which this viewer wants the times of an event."""
        return self.zone if self.zone_choice == "viewer" and self.zone is not None else event


async def viewer_of(connection: HTTPConnection) -> Viewer:
    """Raises Problem "unavailable" when the database cannot say who it is."""
    known = connection.scope["state"].get("viewer")
    if known is None:
        site = site_of(connection)
        signin = _unsigned(site, connection.cookies.get(site.cookie(SIGNIN)), SIGNIN)
        person = None
        if signin is not None:
            try:
                person = (await signins.find(site.engine, signin)).account
            except Problem as problem:
                if problem.code != "not_signed_in":
                    raise
        known = _viewer(connection, site, person, signin if person else None)
        connection.scope["state"]["viewer"] = known
    return known


def stranger(connection: HTTPConnection) -> Viewer:
    """The viewer as far as can be told without the database, for pages about faults."""
    return connection.scope["state"].get("viewer") or _viewer(connection, site_of(connection), None, None)


def _viewer(connection: HTTPConnection, site: Site, person: Account | None, signin: str | None) -> Viewer:
    cookies = {name: connection.cookies.get(site.cookie(name)) for name in (LOCALE, THEME, ZONE, ZONE_NAME)}
    accepted = site.languages.accepted(connection.headers.get("accept-language", ""))
    browser = browser_of(connection)
    return Viewer(
        person=person,
        signin=signin,
        browser=browser,
        locale=site.languages.choose([cookies[LOCALE], person.locale if person else None, *accepted]),
        theme=_one_of(THEMES, cookies[THEME]),
        zone_choice=_one_of(ZONES, cookies[ZONE]),
        zone=_zone(cookies[ZONE_NAME]) or _zone(person.zone if person else None),
        csrf=csrf_of(site, browser, signin),
        address=address_of(connection, site.trusted_proxies),
    )


def browser_of(connection: HTTPConnection) -> str:
    """The id of the browser from its cookie, or a new one, which `keep_browser` plants with the answer."""
    state = connection.scope["state"]
    if "browser" not in state:
        site = site_of(connection)
        state["browser"] = _unsigned(site, connection.cookies.get(site.cookie(BROWSER)), BROWSER)
        state["browser_is_new"] = state["browser"] is None
        state["browser"] = state["browser"] or new_id()
    return state["browser"]


def keep_browser(connection: HTTPConnection, response: Response) -> None:
    if connection.scope["state"].get("browser_is_new"):
        site = site_of(connection)
        set_cookie(site, response, BROWSER, _signer(site, BROWSER).sign(browser_of(connection)).decode(), LONG)


def csrf_of(site: Site, browser: str, signin: str | None) -> str:
    """Bound to the browser and the sign-in: a token that a stranger got for himself is good for nobody else."""
    return hmac.new(site.engine.secret, f"csrf {browser} {signin or ''}".encode(), hashlib.sha256).hexdigest()[:40]


def sign_in_cookie(site: Site, response: Response, signin: str) -> None:
    set_cookie(site, response, SIGNIN, _signer(site, SIGNIN).sign(signin).decode(), int(signins.LASTS.total_seconds()))


def set_cookie(site: Site, response: Response, name: str, value: str, seconds: int, *, readable: bool = False) -> None:
    """`readable`: by the page's scripts too."""
    response.set_cookie(
        site.cookie(name), value, max_age=seconds, secure=site.secure, httponly=not readable, samesite="lax", path="/"
    )


def drop_cookie(site: Site, response: Response, name: str) -> None:
    set_cookie(site, response, name, "", 0)


def _signer(site: Site, purpose: str) -> Signer:
    return Signer(site.engine.secret, salt=f"cookie {purpose}", digest_method=hashlib.sha256)


def _unsigned(site: Site, value: str | None, purpose: str) -> str | None:
    try:
        return _signer(site, purpose).unsign(value).decode() if value else None
    except (BadSignature, UnicodeError):
        return None


def _one_of(choices: tuple[str, ...], value: str | None) -> str:
    return value if value in choices else choices[0]


def _zone(name: str | None) -> ZoneInfo | None:
    with contextlib.suppress(Exception):
        return ZoneInfo(name) if name and len(name) <= 60 else None
    return None
