"""The proxy configurations in deploy/ are accepted by the proxies themselves, and nginx serves with its own."""

import asyncio
import os
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from server.doctor.findings import Finding, Verdict
from server.doctor.site import check_site
from server.settings import read_settings
from tests.support.components import absent, find_program, free_port
from tests.support.nginx import DEPLOY, HOST, Nginx, nginx_before
from tests.support.server import Server, furnish, ticket_for
from tests.support.wire import wire


@pytest.fixture
def nginx() -> Iterator[Nginx]:
    with nginx_before(free_port()) as made:
        yield made


@pytest.fixture
def served(nginx: Nginx, tmp_path: Path) -> Iterator[Server]:
    """A server behind nginx."""
    database = f"sqlite+aiosqlite:///{tmp_path / 'plenary.sqlite3'}"
    server = Server(tmp_path, database, url=nginx.url, trusted_proxies="127.0.0.1/32", port=str(_upstream(nginx)))
    server.port = _upstream(nginx)
    with nginx, server:
        yield server


def _upstream(nginx: Nginx) -> int:
    text = Path(nginx.command[-1]).read_text()
    return int(text.partition("server 127.0.0.1:")[2].partition(";")[0])


def trust(nginx: Nginx) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(nginx.certificate["cert"]))


@pytest.fixture
async def client(nginx: Nginx) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.AsyncHTTPTransport(verify=trust(nginx), http2=False)
    async with httpx.AsyncClient(transport=transport, headers={"Host": f"{HOST}:{nginx.port}"}) as made:
        yield made


async def get(client: httpx.AsyncClient, nginx: Nginx, path: str, **headers: str) -> httpx.Response:
    address = f"https://127.0.0.1:{nginx.port}{path}"
    return await client.get(address, headers=headers, extensions={"sni_hostname": HOST})


def test_nginx_accepts_the_shipped_configuration(nginx: Nginx) -> None:
    """calls.md H4."""
    said = nginx.test()
    assert "test is successful" in said
    assert "[warn]" not in said


def test_caddy_accepts_the_shipped_configuration(tmp_path: Path) -> None:
    program = find_program("caddy")
    if program is None:
        absent("Caddy", "install the Debian package caddy")
    file = DEPLOY / "Caddyfile"
    command = [str(program), "validate", "--adapter", "caddyfile", "--config", str(file)]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Valid configuration" in run.stdout + run.stderr


async def test_pages_and_the_live_connection_work_behind_nginx(
    served: Server, nginx: Nginx, client: httpx.AsyncClient
) -> None:
    page = await get(client, nginx, "/sign-in", **{"Accept-Encoding": "gzip"})
    assert (page.status_code, page.headers["content-encoding"]) == (200, "gzip")
    script = await get(client, nginx, "/static/built/main.js", **{"Accept-Encoding": "gzip"})
    assert (script.status_code, script.headers["content-encoding"]) == (200, "gzip")
    assert (await get(client, nginx, "/metrics")).status_code == 404, "not for those who come through the proxy"
    world = await furnish(served)
    try:
        ticket = await ticket_for(world.engine, world.people["attendee"])
        address = f"wss://{HOST}:{nginx.port}/live"
        near = {"host": "127.0.0.1", "port": nginx.port, "ssl": trust(nginx)}
        async with wire(address, ticket, origin=nginx.url, **near) as live:
            await live.join(world.room)
            answer = await live.command("chat.post", world.room, text="Hello through nginx")
            assert "ok" in answer
    finally:
        await world.close()


async def test_the_doctor_looks_at_the_public_address(served: Server, nginx: Nginx, tmp_path: Path) -> None:
    """calls.md, Operator: nothing checked the public address."""
    served.stop()
    nginx.stop()
    address = f"https://127.0.0.1:{nginx.port}"
    served.environment["PLENARY_URL"] = address  # forum.example leads elsewhere
    doctor = partial(examine, address, tmp_path)

    (only,) = await doctor(nginx)
    assert (only.verdict, "nothing answers" in only.text) == (Verdict.UNUSED, True)
    with nginx:
        (only,) = await doctor(None)
        assert (only.verdict, "TLS fails" in only.text) == (Verdict.WRONG, True)
        (only,) = await doctor(nginx)
        assert (only.verdict, "answers 503" in only.text) == (Verdict.UNUSED, True)
        with served:
            health, live = await doctor(nginx)
            assert (health.verdict, health.text) == (Verdict.OK, f"{address}/health/ready answers: ok")
            assert (live.verdict, live.name) == (Verdict.OK, "live connection")
    configuration = Path(nginx.command[-1])
    configuration.write_text(configuration.read_text().replace("proxy_set_header Upgrade $http_upgrade;", ""))
    with nginx, served:
        health, live = await doctor(nginx)
        assert (health.verdict, live.verdict) == (Verdict.OK, Verdict.WRONG)
        assert "instead of opening a WebSocket" in live.text
        assert "Upgrade" in live.remedy


async def examine(address: str, folder: Path, nginx: Nginx | None) -> list[Finding]:
    """What the doctor finds; the certificate of `nginx` is trusted."""
    with pytest.MonkeyPatch.context() as patch:
        if nginx is not None:
            patch.setenv("SSL_CERT_FILE", str(nginx.certificate["cert"]))
        settings = read_settings({"PLENARY_DATA": str(folder), "PLENARY_URL": address})
        return [finding async for finding in check_site(settings)]


async def test_another_server_at_the_public_address_is_found(tmp_path: Path) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nHello")
        writer.close()

    async with await asyncio.start_server(other, "127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        (only,) = await examine(address, tmp_path, None)
    assert (only.verdict, "not by Plenary" in only.text) == (Verdict.WRONG, True)


async def test_plain_http_is_redirected_and_a_stopped_server_is_explained(
    nginx: Nginx, client: httpx.AsyncClient
) -> None:
    with nginx:
        moved = await client.get(f"http://127.0.0.1:{nginx.plain_port}/c/demo?day=2", headers={"Host": HOST})
        assert (moved.status_code, moved.headers["location"]) == (301, f"https://{HOST}/c/demo?day=2")
        away = await get(client, nginx, "/")
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
        assert "The server is restarting" in away.text
        assert "服务器正在重启" in away.text


def test_nginx_speaks_http2(nginx: Nginx) -> None:
    context = trust(nginx)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        nginx,
        socket.create_connection(("127.0.0.1", nginx.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"


async def test_secrets_in_addresses_stay_out_of_the_log(
    nginx: Nginx, served: Server, client: httpx.AsyncClient
) -> None:
    secret = "a-secret-in-an-address"
    for path in (f"/invite/{secret}", f"/sign-in/link/{secret}", f"/c/forum/my.ics?key={secret}"):
        await get(client, nginx, path, Referer=f"https://{HOST}{path}")
        async with httpx.AsyncClient() as plain:
            await plain.get(f"http://127.0.0.1:{nginx.plain_port}{path}", headers={"Host": HOST})
    await get(client, nginx, "/sign-in?next=/c/forum")
    async with asyncio.timeout(5):
        while "/sign-in?next=/c/forum" not in nginx.access_log.read_text():
            await asyncio.sleep(0.05)
    logged = nginx.access_log.read_text()
    assert logged.count("/invite/") == 2
    assert secret not in logged
