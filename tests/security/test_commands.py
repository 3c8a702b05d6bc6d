"""S17-S20 for commands: who may give which, in which room. A command without a row here fails the tests."""

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rooms.core.commands.people import Role
from rooms.core.commands.registry import SPECS, read
from rooms.core.errors import Problem
from rooms.core.rate_limits import RateLimits
from rooms.core.store.journal import room_of
from rooms.core.store.tables import conferences
from rooms.meetings.create import open_meeting
from rooms.people.messages import RevokeRole, SilencePerson
from rooms.programme.actions import create_session
from tests.security.who_may import ABSENT, EVERYBODY, TABLES, YES
from tests.support.recruitment import job_shown
from tests.support.world import START, World

REFUSALS = {"not_signed_in", "unverified", "forbidden", "not_found", "silenced"}


def fields(op: str, world: World, question: str, target: str) -> dict[str, Any]:
    """A command that is well formed, about things that are there."""
    about = {"title": "Talk", "starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=1)).isoformat()}
    known: dict[str, Any] = {
        "question": question,
        "into": world.organisation if op == "organisation.merge" else question,
        "organisation": world.organisation,
        "version": 1,
        "person": target,
        "role": {"organisation.set_member": "member", "match.profile": "company"}.get(op, "speaker"),
        "session": world.session,
        "message": "a" * 20,
        "text": "Why is it so?",
        "number": "A1" if op in {"booth.create", "application.accept"} else 0,
        "open": True,
        "slow_seconds": 0,
        "allowed": True,
        "required": True,
        "listed": True,
        "public": False,
        "labels": [],
        "asking": "open",
        "name": "Lumen",
        "hall": "Hall 1",
        "reason": {"interest.decline": "no_fit", "job_application.move": "other"}.get(
            op, "spam" if op.endswith(".report") else "Too short"
        ),
        "outcome": "talks" if op == "interest.outcome" else "held",
        "shift": "a" * 20,
        "shifts": [{"person": "a" * 20, "starts_at": "2026-11-20T12:00:00Z", "ends_at": "2026-11-20T13:00:00Z"}],
        "place": "virtual" if op in {"schedule.start", "meeting.request"} else "a" * 20,
        "contact": "a" * 20,
        "file": "a" * 20,
        "position": 0,
        "given": True,
        "address": "https://films.example/1",
        "lead": "a" * 20,
        "application": "a" * 20,
        "poll": "a" * 20,
        "reveal": "never",
        "type": "a" * 20,
        "entry": "a" * 20,
        "interest": "a" * 20,
        "document": "a" * 20,
        "review": "a" * 20,
        "advice": "publish",
        "gated": True,
        "search": "a" * 20,
        "accept": True,
        "email": "nobody@example.org",
        "notice": "a" * 20,
        "request": "a" * 20,
        "booking": "a" * 20,
        "to": "a" * 20,
        "times": ["2026-11-21T01:00:00Z"],
        "starts_at": "2026-11-21T01:00:00Z",
        "window": "a" * 20,
        "spot": "a" * 20,
        "slot_minutes": 20,
        "buffer_minutes": 5,
        "lapse_hours": 48,
        "most_open": 20,
        "day": "2026-11-21",
        "start": "09:00",
        "end": "12:00",
        "side": "offer",
        "job": "a" * 20,
        "share": "a" * 20,
        "candidate": "a" * 20,
        "invitation": "a" * 20,
        "title": "Chemist",
        "headline": "Chemist",
        "state": "review",
        "shortlisted": True,
        "comment": "Say more",
        "query": {},
        "hidden": True,
        "most": 8,
        "found": True,
        "wish": "meet",
        "run": "a" * 20,
        "meeting": "a" * 20,
        "objection": "time",
        "meetup": "a" * 20,
        "round": "a" * 20,
        "talk_minutes": 5,
        "pause_seconds": 60,
        "talks": 4,
        "minutes": 30,
        "capacity": 5,
        "purpose": "news",
        "kind": {"stage.show": "slate", "contact.ask": "message", "poll.draft": "text", "poll.edit": "text"}.get(
            op, "physical" if op.startswith("spot.") else "applause"
        ),
        **about,
    }
    names = [field for field in SPECS[op].type.__struct_fields__ if field in known]
    return {name: known[name] for name in names if name not in {"session"} or not op.startswith("session.create")}


@pytest.fixture
async def crowd(world: World) -> World:
    """The world with somebody who is silenced, and a clock for the limits that never lets them come up."""
    moments = itertools.count(0, 3600)
    world.engines[0] = replace(world.engine, limits=RateLimits(lambda: float(next(moments))))
    await job_shown(world)  # so that its organisation is an employer
    await world.person("silenced")
    await world.person("target")
    await world.do("organiser", SilencePerson(world.people["silenced"]), room=world.lobby)
    return world


async def answer(world: World, who: str, op: str, room: str, question: str) -> str:
    """The code with which a command is refused, or YES."""
    person = None if who == "anonymous" else world.people[who]
    command = read(op, fields(op, world, question, world.people["target"]))
    try:
        await world.engine.perform(person, room, command, uuid.uuid4().hex)
    except Problem as problem:
        if op == "chat.remove" and "not yours" in problem.message:
            return YES
        if problem.code == "not_found" and problem.field in {
            "question",
            "person",
            "message",
            "session",
            "place",
            "shift",
            "contact",
            "file",
            "lead",
            "application",
            "poll",
            "type",
            "entry",
            "interest",
            "document",
            "review",
            "search",
            "invitation",
            "booking",
            "run",
            "meeting",
            "meetup",
            "round",
            "window",
            "spot",
            "job",
            "share",
            "candidate",
            "request",
        }:
            return YES
        return problem.code if problem.code in REFUSALS else YES
    return YES


def test_every_command_has_a_row_for_each_kind_of_room() -> None:
    declared = {(kind, op) for op, spec in SPECS.items() for kind in spec.kinds}
    assert declared == {(kind, op) for kind, table in TABLES.items() for op in table}


@pytest.mark.parametrize("kind", TABLES)
async def test_everybody_may_do_what_the_table_says(crowd: World, kind: str) -> None:
    async with crowd.engine.database.write() as connection:
        both = [crowd.people["attendee"], crowd.people["staff"]]
        met = await open_meeting(connection, crowd.conference, crowd.booth, both, crowd.clock())
    async with crowd.engine.database.read() as connection:
        desk = await room_of(connection, "desk", crowd.people["attendee"])
        meeting = await room_of(connection, "meeting", met)
    room = {"session": crowd.room, "lobby": crowd.lobby, "desk": desk, "booth": crowd.stand, "meeting": meeting}[kind]
    wrong: list[str] = []
    for op, row in TABLES[kind].items():
        question = await crowd.ask(f"About {op}?", "other") if "question" in SPECS[op].type.__struct_fields__ else ""
        for who in EVERYBODY:
            given = await answer(crowd, who, op, room, question)
            if given != row[who]:
                wrong.append(f"{op} in the {kind} as {who}: {given or 'allowed'}, not {row[who] or 'allowed'}")
    assert not wrong, "\n".join(wrong)


async def test_a_role_in_one_session_is_none_in_another(crowd: World) -> None:
    times = {"starts_at": START, "ends_at": START + timedelta(hours=1), "now": crowd.clock()}
    async with crowd.engine.database.write() as connection:
        _, other_room = await create_session(connection, crowd.conference, title="Elsewhere", **times)
    for who, op in (("moderator", "asking.set"), ("speaker", "session.open")):
        assert await answer(crowd, who, op, crowd.room, "") == YES
        assert await answer(crowd, who, op, other_room, "") == "forbidden"
    assert await answer(crowd, "colleague", "asking.set", other_room, "") == YES


async def test_a_closed_conference_is_absent_for_strangers(crowd: World) -> None:
    async with crowd.engine.database.read() as connection:
        found = await connection.execute(select(conferences.c.id).where(conferences.c.slug == "elsewhere"))
        lobby = await room_of(connection, "lobby", found.scalar_one())
    for who in EVERYBODY:
        expected = YES if who in {"stranger", "admin"} else ABSENT[who]
        assert await answer(crowd, who, "chat.post", lobby, "") == expected, who


@pytest.mark.parametrize("room", ["a" * 20, "", "../rooms", "A" * 20])
async def test_a_guessed_room_is_absent(crowd: World, room: str) -> None:
    for who in ("anonymous", "attendee", "admin"):
        assert await answer(crowd, who, "chat.post", room, "") == ABSENT[who]


async def test_a_role_that_is_taken_away_is_gone_at_the_next_command(crowd: World) -> None:
    question = await crowd.ask()
    assert await answer(crowd, "moderator", "asking.set", crowd.room, question) == YES
    await crowd.do("organiser", RevokeRole(crowd.people["moderator"], Role.MODERATOR))
    assert await answer(crowd, "moderator", "asking.set", crowd.room, question) == "forbidden"
    assert await answer(crowd, "moderator", "question.ask", crowd.room, question) == YES


@pytest.mark.parametrize("op", sorted(SPECS))
def test_no_command_takes_a_field_that_it_does_not_declare(op: str) -> None:
    for field in ("role_of", "author", "event", "admin", "by", "at", "conference"):
        if field in SPECS[op].type.__struct_fields__:
            continue
        with pytest.raises(Problem) as refused:
            read(op, {field: "x"})
        assert refused.value.code == "invalid"


async def test_only_organisers_make_organisers(crowd: World) -> None:
    for who in ("moderator", "colleague", "speaker"):
        for room in (crowd.room, crowd.lobby):
            command = read("role.grant", {"person": crowd.people[who], "role": "organiser"})
            with pytest.raises(Problem) as refused:
                await crowd.do(who, command, room=room)
            assert refused.value.code in {"forbidden", "invalid"}
