"""What programs do: the same commands, by the same rules."""

from typing import Any

import msgspec
import pytest

from rooms.core.errors import Problem
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people.tickets import read_ticket
from server.live.wire import MAX_FRAME
from tests.server.api.conftest import ProgramOf
from tests.support.program import DOCUMENT, faults
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

ASK = {"op": "question.ask", "key": "a-key-of-the-test", "text": "When does it open?"}


async def test_a_command_is_done_once_however_often_it_is_sent(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    _, everybody = await world.join("moderator")
    first = await program.call("command", room=world.room, json=ASK)
    again = await program.call("command", room=world.room, json=ASK)
    assert first.json() == again.json()
    assert first.json()["ok"]["state"] == "pending"
    question = await world.question(first.json()["ok"]["question"])
    assert (question.text, question.author) == (ASK["text"], world.people["attendee"])
    assert everybody.types.count("question.asked") == 1
    other = await program.call("command", room=world.room, json={**ASK, "text": "Another?"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")


async def test_the_published_schema_of_commands_takes_what_is_taken_and_refuses_what_is_refused() -> None:
    schema = {"$ref": "#/components/schemas/Command"}
    assert faults(ASK, schema) == []
    for bad in (
        {**ASK, "role": "moderator"},
        {"op": "question.ask", "key": "x"},
        {**ASK, "op": "none"},
        {**ASK, "text": 5},
    ):
        assert faults(bad, schema) != [], bad
    assert "question.merge" in DOCUMENT["components"]["schemas"]["Command"]["discriminator"]["mapping"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"op": "question.ask", "text": "Why?"}, "invalid", "key"),
        ({**ASK, "key": ""}, "invalid", "key"),
        ({**ASK, "key": "k" * 65}, "invalid", "key"),
        ({"key": "a-key", "text": "Why?"}, "invalid", "op"),
        ({**ASK, "op": "question.steal"}, "unknown_op", "op"),
        ({**ASK, "op": {"a": 1}}, "invalid", "op"),
        ({**ASK, "text": 5}, "invalid", "text"),
        ({**ASK, "text": " \u200b"}, "invalid", "text"),
        ({**ASK, "author": "a" * 20}, "invalid", "author"),
        ([ASK], "malformed", None),
    ],
)
async def test_bad_commands_are_refused_by_name(
    world: World, program_of: ProgramOf, body: Any, code: str, field: str | None
) -> None:
    response = await (await program_of("attendee")).call("command", room=world.room, json=body)
    assert response.json()["error"]["code"] == code
    assert response.json()["error"].get("field") == field
    assert (await world.engine.view(None, world.room)).actor.room.seq == 0


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"op": NaN}'])
async def test_what_is_no_json_is_refused(program_of: ProgramOf, world: World, body: bytes) -> None:
    program = await program_of("attendee")
    path = f"/api/v1/rooms/{world.room}/commands"
    headers = {"Authorization": f"Bearer {program.token}"}
    response = await program.http.post(path, content=body, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


async def test_a_body_without_end_is_cut(program_of: ProgramOf, world: World) -> None:
    program = await program_of("attendee")
    big = {**ASK, "text": "x" * (MAX_FRAME * 20)}
    headers = {"Authorization": f"Bearer {program.token}"}
    response = await program.http.post(f"/api/v1/rooms/{world.room}/commands", json=big, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


async def test_the_loser_of_a_race_gets_the_current_state(world: World, program_of: ProgramOf) -> None:
    question = await world.ask()
    version = (await world.question(question)).version
    await world.do("colleague", ApproveQuestion(question, version))
    late = {"op": "question.dismiss", "key": "late", "question": question, "version": version}
    response = await (await program_of("moderator")).call("command", room=world.room, json=late)
    problem = response.json()["error"]
    assert (response.status_code, problem["code"]) == (409, "stale")
    assert (problem["present"]["state"], problem["present"]["id"]) == ("approved", question)


async def test_a_token_may_no_more_than_its_person(world: World, program_of: ProgramOf) -> None:
    question = await world.ask()
    approve = {"op": "question.approve", "key": "mine", "question": question, "version": 1}
    refused = await (await program_of("attendee")).call("command", room=world.room, json=approve)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    done = await (await program_of("moderator")).call("command", room=world.room, json=approve)
    assert done.status_code == 200
    unverified = await (await program_of("unverified")).call("command", room=world.room, json=ASK)
    assert unverified.json()["error"]["code"] == "unverified"


async def test_nobody_is_asked_to_sign_in(world: World, program_of: ProgramOf) -> None:
    response = await (await program_of(None)).call("command", room=world.room, json=ASK)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "not_signed_in")
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_cookie_acts_only_with_the_pages_token_and_from_a_page_of_ours(world: World, site: Site) -> None:
    import httpx

    from server import api
    from tests.support.visitor import make_app

    visitor = await Visitor(site).sign_in(world.people["attendee"])
    transport = httpx.ASGITransport(make_app(site, *api.routes()), client=("203.0.113.7", 50000))
    path = f"/api/v1/rooms/{world.room}/commands"
    async with httpx.AsyncClient(transport=transport, base_url=site.base_url, cookies=visitor.http.cookies) as browser:
        assert (await browser.get("/api/v1/me")).json()["person"]["id"] == world.people["attendee"], (
            "the cookie is good"
        )
        bare = await browser.post(path, json=ASK)
        assert (bare.status_code, bare.json()["error"]["code"]) == (403, "forbidden")
        token = {"X-CSRF-Token": visitor.csrf}
        foreign = await browser.post(path, json=ASK, headers={**token, "Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert (await world.engine.view(None, world.room)).actor.room.seq == 0
        good = await browser.post(path, json=ASK, headers={**token, "Origin": site.origin})
        assert good.status_code == 200
    await visitor.http.aclose()


async def test_a_ticket_opens_the_live_connection_for_the_tokens_person(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    ticket = (await program.call("live_ticket")).json()["ticket"]
    assert (await read_ticket(world.engine, ticket)).person == world.people["attendee"]
    with pytest.raises(Problem, match="already used"):
        await read_ticket(world.engine, ticket)
    nobody = (await (await program_of(None)).call("live_ticket")).json()["ticket"]
    assert (await read_ticket(world.engine, nobody)).person is None


async def test_the_reply_is_the_commands_own(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    posted = await program.call("command", room=world.room, json={"op": "chat.post", "key": "one", "text": "Hello"})
    assert posted.json()["seq"] == 1
    assert msgspec.json.decode(posted.content)["ok"]["next_at"] is None
