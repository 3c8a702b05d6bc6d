"""Metrics for Prometheus, access to them, and the content of the logs."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Message, Scope

from rooms.core.counters import Distribution
from rooms.core.store.database import Database
from server import logs
from server.metrics import Metrics
from server.watch import Watch, pattern_of
from signaling.calls import Calls
from tests.support.server import Server, furnish, running_server, ticket_for
from tests.support.waiting import until
from tests.support.wire import wire
from tests.support.world import World


def figures(server: Server, **headers: str) -> dict[str, float]:
    """All samples by name and labels, as Prometheus would read them."""
    status, _, body = server.get("/metrics", **headers)
    assert status == 200
    families = text_string_to_metric_families(body.decode())
    return {
        " ".join([sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))]): sample.value
        for family in families
        for sample in family.samples
    }


async def test_what_happens_is_counted(server: Server, furnished: World) -> None:
    async with wire(server.socket_url, await ticket_for(furnished.engine, furnished.people["attendee"])) as client:
        before = figures(server)
        await client.join(furnished.room)
        assert "ok" in await client.command("chat.post", furnished.room, text="Hello")
        assert "error" in await client.command("session.change_state", furnished.room, state="ended")
        now = figures(server)
        assert now["plenary_connections"] == 1
        assert now["plenary_members"] == 1
        assert now["plenary_rooms_followed"] == 2, "the session and the desk"
        assert now["plenary_bus_up"] == 1
        assert now["plenary_joins_total"] == before["plenary_joins_total"] + 1
        assert now["plenary_snapshots_total"] == before["plenary_snapshots_total"] + 1
        assert now["plenary_commands_total code=ok op=chat.post"] == 1
        assert now["plenary_commits_total"] > before["plenary_commits_total"]
        assert now["plenary_group_size_count"] == now["plenary_commits_total"]
        assert now["plenary_statements_total"] > before["plenary_statements_total"]
        refused = [name for name in now if name.startswith("plenary_commands_total") and "code=ok" not in name]
        assert len(refused) <= 1, "an op that nobody knows is not counted by its name"
    await until(lambda: figures(server)["plenary_connections"] == 0)
    assert sum(value for name, value in figures(server).items() if name.startswith("plenary_closes_total")) == 1
    server.get("/nowhere")
    assert figures(server)["plenary_requests_total status=404"] >= 1


def test_the_loop_is_watched(server: Server) -> None:
    assert server.get("/health/live")[0] == 200
    while not (seen := figures(server))["plenary_loop_lag_seconds_count"]:
        pass
    assert seen["plenary_loop_lag_seconds_bucket le=+Inf"] == seen["plenary_loop_lag_seconds_count"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_comes_through_a_proxy_is_refused(server: Server, header: str) -> None:
    assert server.get("/metrics")[0] == 200
    status, _, body = server.get("/metrics", **{header.replace("-", "_"): "127.0.0.1"})
    assert status == 404
    assert b"plenary_" not in body


def test_only_the_networks_of_the_settings_may_ask() -> None:
    with running_server(metrics_networks="10.0.0.0/8") as server:
        assert server.get("/metrics")[0] == 404


def test_under_the_public_name_of_a_site_with_tls_nobody_may_ask() -> None:
    with running_server(url="https://forum.example") as server:
        assert server.get("/metrics")[0] == 200
        assert server.get("/metrics", Host="forum.example")[0] == 404


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [("127.0.0.1", True), ("::ffff:127.0.0.1", True), ("::1", True), ("203.0.113.7", False), ("unix", False)],
)
async def test_addresses(world: World, peer: str, allowed: bool) -> None:
    from ipaddress import ip_network

    async def app(scope: Scope, receive: object, send: object) -> None:
        reached.append(scope["path"])

    reached: list[str] = []
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    watch = Watch(
        app, Metrics(world.engine, Calls(world.engine)), [ip_network("127.0.0.0/8"), ip_network("::1/128")], None
    )
    scope = {"type": "http", "path": "/metrics", "method": "GET", "headers": [], "client": (peer, 1)}
    await watch(scope, None, send)  # type: ignore[arg-type]
    assert bool(sent) is allowed
    assert bool(reached) is not allowed


def test_a_spread_counts_at_or_below() -> None:
    spread = Distribution(1, 2, 4)
    for value in (1, 2, 3, 4, 5, 100):
        spread.note(value)
    assert spread.counts == [1, 1, 2, 2]
    assert spread.total == 115


@pytest.fixture
def root() -> Iterator[None]:
    """The root logger's own handlers come back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("root")
def test_a_line_for_machines() -> None:
    stream = io.StringIO()
    logs.configure(logs.JSON, stream)
    token = logs.current.set({"request": "abc"})
    try:
        raise ValueError("an odd\nvalue")
    except ValueError:
        logging.getLogger("plenary.test").exception("it %s", "failed", extra=logs.fields(person="p1", status=None))
    finally:
        logs.current.reset(token)
    (line,) = stream.getvalue().splitlines()
    received = json.loads(line)
    assert (received["level"], received["logger"], received["message"]) == ("error", "plenary.test", "it failed")
    assert (received["request"], received["person"]) == ("abc", "p1")
    assert "status" not in received
    assert "ValueError: an odd" in received["fault"]


@pytest.mark.usefixtures("root")
def test_a_line_for_people() -> None:
    stream = io.StringIO()
    logs.configure(logs.TEXT, stream)
    logging.getLogger("plenary.test").warning("it failed", extra=logs.fields(code=4501))
    assert re.fullmatch(r"\S+ \S+ WARNING plenary\.test: it failed code=4501\n", stream.getvalue())


async def test_the_log_names_requests_connections_and_people_by_id_alone() -> None:
    with running_server(log="json") as server:
        world = await furnish(server)
        ticket = await ticket_for(world.engine, world.people["attendee"])
        _, headers, _ = server.get("/c/forum?token=secret-in-a-query", Cookie="plenary-signin=secret-in-a-cookie")
        server.get("/invite/secret-in-a-path")
        async with wire(server.socket_url, ticket) as client:
            await client.join(world.room)
            await client.command("chat.post", world.room, text="what-was-said")
        await until(lambda: "connection ended" in server.output())
        await world.close()
        lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
        (page,) = [line for line in lines if line["message"] == "GET /c/{conference}"]
        assert page["request"] == headers["x-request-id"]
        assert page["status"] == 200
        assert any(line["message"].startswith("GET /invite/{") for line in lines)
        (ended,) = [line for line in lines if line["message"] == "connection ended"]
        assert ended["person"] == world.people["attendee"]
        assert ended["connection"]
        for secret in ("secret-in", "what-was-said", ticket, "Attendee"):
            assert secret not in server.output()


async def test_parameters_of_statements_are_not_logged(sqlite_url: str) -> None:
    import sqlalchemy as sa

    database = Database(sqlite_url)
    with pytest.raises(sa.exc.DBAPIError) as failed:
        async with database.write() as connection:
            await connection.execute(sa.text("INSERT INTO nowhere VALUES (:text)"), {"text": "what-was-said"})
    await database.close()
    assert "nowhere" in str(failed.value)
    assert "what-was-said" not in str(failed.value)


def test_paths_are_counted_by_their_patterns() -> None:
    scope = {
        "endpoint": object(),
        "path": "/c/forum/sessions/s1",
        "path_params": {"conference": "forum", "session": "s1"},
    }
    assert pattern_of(scope) == "/c/{conference}/sessions/{session}"
    assert pattern_of({"path": "/wp-login.php"}) == ""


async def test_the_lag_that_is_sampled_is_the_loops(world: World) -> None:
    import time

    metrics = Metrics(world.engine, Calls(world.engine))
    task = asyncio.create_task(metrics.sample_lag())
    await asyncio.sleep(0.05)
    time.sleep(0.5)
    await until(lambda: metrics.registry.get_sample_value("plenary_loop_lag_seconds_count"))
    task.cancel()
    late = metrics.registry.get_sample_value("plenary_loop_lag_seconds_sum")
    assert late is not None
    assert late > 0.2
