"""Health checks for monitoring."""

from rooms.core.store.database import Database
from tests.support.server import Server, running_server


def test_a_server_is_live_and_ready_under_any_name(server: Server) -> None:
    for path in ("/health/live", "/health/ready"):
        status, headers, _ = server.get(path, Host="10.1.2.3:8000")
        assert status == 200
        assert "set-cookie" not in headers
    assert server.get("/", Host="10.1.2.3:8000")[0] == 400, "pages insist on their own name"


async def test_without_its_database_it_lives_and_is_not_ready(own_postgres) -> None:
    name = await own_postgres.create_database()
    with running_server(own_postgres.url(name)) as server:
        assert server.get("/health/ready")[2] == b'{"status":"ok","database":"up","bus":"up"}'
        own_postgres.stop()
        status, _, body = server.get("/health/ready")
        assert (status, body) == (503, b'{"status":"unavailable","database":"down","bus":"up"}')
        assert server.get("/health/live")[0] == 200
        own_postgres.start()
        assert server.get("/health/ready")[0] == 200


def test_a_lost_bus_is_reported_and_does_not_make_it_unready(own_redis, sqlite_url: str) -> None:
    with running_server(sqlite_url, redis=own_redis.url) as server:
        assert b'"bus":"up"' in server.get("/health/ready")[2]
        own_redis.kill()
        answers = [server.get("/health/ready")]
        while b'"bus":"down"' not in answers[-1][2] and len(answers) < 5000:
            answers.append(server.get("/health/ready"))
        assert {status for status, _, _ in answers} == {200}
        assert b'"bus":"down"' in answers[-1][2]


async def test_the_database_of_a_server_is_migrated(server: Server) -> None:
    from rooms.migrations import differences

    database = Database(server.database)
    assert await differences(database) == []
    await database.close()
