"""The real components that tests lean on do what their fixtures promise."""

import asyncio
import socket

import asyncpg
import pytest
import redis.asyncio

from tests.support import components
from tests.support.coturn import TurnServer
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer


def _pings(server: RedisServer) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=0.3) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16) == b"+PONG\r\n"
    except OSError:
        return False


async def test_redis_is_emptied_before_each_test(redis_url: str, redis_server: RedisServer) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        await client.set("key", "value")
        assert await client.dbsize() == 1
        redis_server.flush()
        assert await client.dbsize() == 0


def test_an_own_redis_freezes_thaws_dies_and_returns(own_redis: RedisServer) -> None:
    assert _pings(own_redis)
    own_redis.freeze()
    assert not _pings(own_redis)
    own_redis.thaw()
    assert _pings(own_redis)
    own_redis.kill()
    assert not _pings(own_redis)
    own_redis.start()
    assert _pings(own_redis)


async def test_a_database_is_new_for_each_test_and_gone_after_it(postgres_server: PostgresServer) -> None:
    async def fill(url: str) -> None:
        connection = await _connect(url)
        await connection.execute("CREATE TABLE word (text text); INSERT INTO word VALUES ('plenary')")
        await connection.close()

    template, _ = await postgres_server.prepare_template("filled", fill)
    name = await postgres_server.create_database(template)
    connection = await _connect(postgres_server.url(name))
    assert await connection.fetchval("SELECT text FROM word") == "plenary"

    await postgres_server.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await _connect(postgres_server.url(name))
    connection.terminate()  # the server has closed it


async def test_postgres_keeps_what_was_committed_when_it_is_killed(own_postgres: PostgresServer) -> None:
    url = own_postgres.url(await own_postgres.create_database())
    connection = await _connect(url)
    try:
        await connection.execute("CREATE TABLE word (text text)")
        own_postgres.freeze()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.fetch("SELECT 1"), 0.3)
        own_postgres.thaw()
    finally:
        connection.terminate()

    own_postgres.kill()
    with pytest.raises(OSError):  # noqa: PT011 - how a closed port refuses depends on the system
        await _connect(url)
    own_postgres.start()
    revived = await _connect(url)
    try:
        assert await revived.fetch("SELECT * FROM word") == []
    finally:
        await revived.close()


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


def test_coturn_runs_and_gives_credentials_that_expire(turn_server: TurnServer) -> None:
    username, password = turn_server.credentials("ada")
    assert username.endswith(":ada")
    assert password
    assert turn_server.running


async def test_a_window_gathers_what_goes_wrong_in_it(window) -> None:
    person = await window(locale="zh-CN", color_scheme="dark")
    await person.page.goto("data:text/html,<html lang=en><title>Fine</title><main><h1>Fine</h1></main>")
    assert person.faults == []
    assert await person.page.evaluate("navigator.language + matchMedia('(prefers-color-scheme: dark)').matches") == (
        "zh-CNtrue"
    )
    await person.page.set_content("<script>console.error('oh'); setTimeout(() => { throw new Error('no') })</script>")
    await person.page.wait_for_timeout(100)
    assert [fault.partition(":")[0] for fault in person.faults] == ["console", "exception"]
    person.faults.clear()


async def test_axe_finds_a_picture_without_words(window) -> None:
    from tests.support.chromium import accessibility_faults

    person = await window()
    page = "<html lang=en><title>Fine</title><main><h1>Fine</h1>%s</main>"
    await person.page.set_content(page % "")
    assert await accessibility_faults(person.page) == []
    await person.page.set_content(page % "<img src='data:,' width=9 height=9>")
    assert [fault.split()[0] for fault in await accessibility_faults(person.page)] == ["image-alt"]


def test_an_absent_component_skips_its_test_and_fails_it_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Tardis is not on this machine"):
        components.absent("Tardis", "ask a doctor")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Tardis is not on this machine"):
        components.absent("Tardis", "ask a doctor")
