"""Personal access tokens: made, used, ended; and never in an address."""

import logging
from datetime import timedelta

import pytest

from rooms.core.errors import Problem
from rooms.people import signins, tokens
from rooms.people.tickets import issue_ticket, read_ticket
from tests.server.api.conftest import ProgramOf
from tests.support.program import Program, make_token
from tests.support.waiting import settled
from tests.support.world import World
from web.site import Site


async def test_a_token_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    _, secret = await make_token(world, "attendee")
    async with world.engine.database.read() as connection:
        (kept,) = await tokens.active(connection, world.people["attendee"], world.clock())
        assert (await tokens.who(connection, secret, world.clock()))[0].id == world.people["attendee"]
        assert secret not in str(kept)
        devices = [each.device for each in await signins.active(connection, world.people["attendee"], world.clock())]
    assert secret.startswith(tokens.PREFIX)
    assert "API: a test" in devices


async def test_a_revoked_token_is_dead_at_once_with_its_live_connections(world: World, site: Site) -> None:
    token, secret = await make_token(world, "attendee")
    program = Program(site, secret)
    desk = await world.desk("attendee")
    _, sink = await world.join("attendee", room=desk)
    ticket = issue_ticket(world.engine, token)
    assert (await program.call("me")).status_code == 200
    assert not await tokens.revoke(world.engine, world.people["other"], token), "nobody revokes another's token"
    assert await tokens.revoke(world.engine, world.people["attendee"], token)
    assert not await tokens.revoke(world.engine, world.people["attendee"], token)
    response = await program.call("room_snapshot", room=world.room)
    assert response.status_code == 401
    with pytest.raises(Problem, match="signed out"):
        await read_ticket(world.engine, ticket)
    await settled(world.engine)
    assert ("signin.revoked", token) in [(event.get("type"), event.get("signin")) for event in sink.events]
    await program.http.aclose()


async def test_a_token_ends_with_its_time(world: World, site: Site) -> None:
    program = Program(site, (await make_token(world, "attendee", days=2))[1])
    world.clock.advance(days=1)
    assert (await program.call("room_snapshot", room=world.room)).status_code == 200
    world.clock.advance(days=1, seconds=1)
    assert (await program.call("room_snapshot", room=world.room)).status_code == 401
    await program.http.aclose()


async def test_signing_out_everywhere_ends_tokens_too(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    await signins.revoke_all(world.engine, world.people["attendee"])
    assert (await program.call("room_snapshot", room=world.room)).status_code == 401
    async with world.engine.database.read() as connection:
        assert await tokens.active(connection, world.people["attendee"], world.clock()) == []


async def test_use_is_noted_to_the_hour(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")

    async def used() -> object:
        async with world.engine.database.read() as connection:
            return (await tokens.active(connection, world.people["attendee"], world.clock()))[0].used_at

    assert await used() is None
    begun = world.clock()
    await program.call("me")
    assert await used() == begun
    world.clock.advance(minutes=50)
    await program.call("me")
    assert await used() == begun
    world.clock.advance(minutes=20)
    await program.call("me")
    assert await used() == begun + timedelta(minutes=70)


@pytest.mark.parametrize("days", [0, -1, 367])
async def test_a_token_has_an_end(world: World, days: int) -> None:
    with pytest.raises(Problem) as refused:
        await make_token(world, "attendee", days=days)
    assert refused.value.field == "days"


async def test_one_person_has_a_bounded_number(world: World) -> None:
    for _ in range(tokens.MOST_TOKENS):
        token, _ = await make_token(world, "attendee")
    with pytest.raises(Problem) as refused:
        await make_token(world, "attendee")
    assert refused.value.code == "conflict"
    await tokens.revoke(world.engine, world.people["attendee"], token)
    assert (await make_token(world, "attendee"))[1]


@pytest.mark.parametrize("query", ["?token={0}", "?access_token=x", "?limit={0}", "?Token=", "?key=abc"])
async def test_a_token_in_the_address_is_refused_and_not_repeated(
    world: World, program_of: ProgramOf, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    """S5."""
    program = await program_of("attendee")
    with caplog.at_level(logging.DEBUG, "plenary"):
        response = await program.get(
            "/me" + query.format(program.token), headers={"Authorization": f"Bearer {program.token}"}
        )
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")
    assert program.token not in response.text
    assert program.token not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("plenary")
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOmFkYQ==",
        "Bearer plenary_invented",
        "Bearer " + "x" * 8000,
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
    ],
)
async def test_what_is_no_token_is_refused(program_of: ProgramOf, header: str) -> None:
    response = await (await program_of(None)).call("live_ticket", headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "not_signed_in")


async def test_a_token_goes_before_a_cookie(world: World, program_of: ProgramOf) -> None:
    """A bad token is not silently replaced by the identity of the browser."""
    program = await program_of("attendee")
    program.http.cookies.set("plenary-signin", "anyone")
    assert (await program.call("me")).json()["person"]["id"] == world.people["attendee"]
    program.token = "plenary_invented"
    assert (await program.call("live_ticket")).status_code == 401
