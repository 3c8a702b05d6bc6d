"""Audiences are declared on event types; a hidden event is a bare {"seq": n}; truly private matters have a room of their own; a role that changes
forces a fresh snapshot."""

from typing import Any

import pytest

import rooms.slices  # noqa: F401
from rooms.chat.messages import PostMessage
from rooms.core.commands.audience import Audience, sees
from rooms.core.commands.messages import Event, declared, tag_of
from rooms.core.commands.people import Role
from rooms.core.delivery.encoding import encode_events
from rooms.core.store.journal import Entry
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions.messages import AskQuestion
from rooms.forum.questions.moderation_messages import (
    AnswerQuestion,
    ApproveQuestion,
    ClaimQuestion,
    DismissQuestion,
    EditQuestion,
    LabelQuestion,
    QuestionModerated,
)
from rooms.people.messages import GrantRole, RevokeRole
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

EVERYONE, MODERATORS, PERSON = Audience

VISIBLE = {
    # (reader's audience, whether it concerns the reader) → sees it
    EVERYONE: {(EVERYONE, False): True, (EVERYONE, True): True, (MODERATORS, False): True, (MODERATORS, True): True},
    MODERATORS: {
        (EVERYONE, False): False,
        (EVERYONE, True): False,
        (MODERATORS, False): True,
        (MODERATORS, True): True,
    },
    PERSON: {(EVERYONE, False): False, (EVERYONE, True): True, (MODERATORS, False): False, (MODERATORS, True): True},
}

DECLARED = {
    MODERATORS: {
        *(tag_of(event) for event in declared(QuestionModerated)),
        "role.granted",
        "role.revoked",
        "person.restrained",
        "restraint.lifted",
        "booth.drafted",
        "break.changed",
        "staff.changed",
        "shifts.changed",
        "queue.changed",
        "contact.changed",
        "lead.changed",
        "poll.drafted",
        "poll.archived",
        "stage.prepared",
    },
    PERSON: {
        "question.own",
        "star.changed",
        "rights.changed",
        "signin.revoked",
        "desk.notified",
        "desk.read",
        "queue.own",
        "contact.own",
        "lead.own",
        "file.consented",
        "meeting.rated",
        "block.changed",
    },
    EVERYONE: {
        "session.changed",
        "session.listed",
        "stage.changed",
        "asking.changed",
        "chat.changed",
        "chat.posted",
        "chat.removed",
        "screen.changed",
        "answering.changed",
        "question.shown",
        "question.hidden",
        "booth.changed",
        "booth.listed",
        "meeting.closed",
        "meeting.invited",
        "meeting.left",
        "files.changed",
        "poll.opened",
        "poll.changed",
        "poll.closed",
        "poll.hidden",
    },
}
"""Every declared event must also be listed here, with those who may see it."""


def test_every_event_declares_its_audience() -> None:
    found: dict[Audience, set[str]] = {each: set() for each in Audience}
    for event in declared(Event):
        found[event.audience].add(tag_of(event))
    assert found == DECLARED


@pytest.mark.parametrize("audience", Audience)
def test_who_sees_what(audience: Audience) -> None:
    for (reader, concerns_them), seen in VISIBLE[audience].items():
        assert sees(reader, "them", audience, "them" if concerns_them else "another") is seen
        entry = Entry(
            7, "an.event", audience, "them" if concerns_them else "another", b'{"type":"an.event","text":"secret"}'
        )
        encoded = encode_events([entry], reader, "them")
        assert encoded == (b'[{"seq":7,"type":"an.event","text":"secret"}]' if seen else b'[{"seq":7}]')


def test_one_who_is_not_signed_in_is_nobody() -> None:
    assert not sees(EVERYONE, None, PERSON, None)
    assert not sees(EVERYONE, None, PERSON, "somebody")


ALLOWED = {"session": {EVERYONE, MODERATORS, PERSON}, "lobby": {EVERYONE, MODERATORS, PERSON}, "desk": {PERSON}}


async def full_life(world: World) -> None:
    """Questions of every state, an anonymous one among them, chat, roles, restraints."""
    secret = await world.ask("The pending one", "attendee", anonymous=True)
    shown = await world.ask("The public one", "other")
    version = 1
    for command in (
        LabelQuestion(secret, 1, ["label-a"]),
        ClaimQuestion(secret, 2),
        DismissQuestion(secret, 3, "reason-b"),
        LabelQuestion(shown, version, ["label-c"]),
        EditQuestion(shown, 2, "The public one, edited"),
        ApproveQuestion(shown, 3),
        AnswerQuestion(question=shown, version=4, text="answer-d", public=False),
    ):
        await world.do("moderator", command)
    await world.do("other", PostMessage("hello all"))


SECRETS = ("The pending one", "label-a", "label-c", "reason-b", "answer-d")


async def test_what_is_for_some_never_reaches_the_others_by_any_way(world: World) -> None:
    await world.do("moderator", SetReview(True))
    spectators = await audience(world)
    before = {who: await enter(world, who) for who in (None, "speaker", "moderator")}
    for client in before.values():
        world.engine.hub.leave(client.member)
    await full_life(world)
    await spectators.verify()
    received = {client: str(client.sink.messages) for client in spectators.clients}
    for who in (None, "speaker", "guest"):
        fresh = await enter(world, who)
        received[fresh] = str(fresh.sink.messages)
        if who in before:
            resumed = await enter(world, who, resuming=before[who])
            assert resumed.sink.joined["resumed"]
            received[resumed] = str(resumed.sink.messages)
    knows = {
        "attendee": {"The pending one", "reason-b"},
        "other": {"answer-d"},
        "moderator": set(SECRETS),
        "organiser": set(SECRETS),
    }
    for client, messages in received.items():
        may = knows.get(client.who or "", set()) if client.kind == "session" and not client.member.public else set()
        for secret in SECRETS:
            assert (secret in messages) is (secret in may), f"{secret} and {client}"


async def test_that_check_finds_a_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await enter(world, None)
    world.unchecked("what is sent from here on is sent to everyone")
    monkeypatch.setattr("rooms.core.delivery.encoding.sees", lambda *_: True)
    await full_life(world)
    await settled(world.engine)
    assert all(secret in str(client.sink.messages) for secret in SECRETS)


async def test_hidden_events_still_move_the_counter(world: World) -> None:
    client = await enter(world, None)
    outcome = await world.do("attendee", AskQuestion("Why?"))
    await settled(world.engine)
    assert client.sink.events == [{"seq": seq} for seq in range(1, (outcome.seq or 0) + 1)]


@pytest.mark.parametrize("room", ["room", "lobby"])
async def test_a_role_that_changes_forces_a_fresh_snapshot(each_world: World, room: str) -> None:
    question = await each_world.ask("Pending")
    await settled(*each_world.engines)
    clients = [await enter(each_world, "other", engine=engine) for engine in (0, 1)]
    where, giver = (each_world.room, "moderator") if room == "room" else (each_world.room, "organiser")
    await each_world.do(giver, GrantRole(each_world.people["other"], Role.MODERATOR), room=where)
    await settled(*each_world.engines)
    for client in clients:
        client.catch_up()
        assert client.snapshots == 2
        assert client.state["snapshot"]["moderation"]["questions"][0]["id"] == question
        assert "role.granted" not in client.types
    await each_world.do("organiser", RevokeRole(each_world.people["other"], Role.MODERATOR), room=where)
    await each_world.do("moderator", EditQuestion(question, 1, "After the demotion"))
    await settled(*each_world.engines)
    for client in clients:
        await client.verify()
        assert client.state["snapshot"]["moderation"] is None
        assert "After the demotion" not in str(client.sink.messages)


async def test_a_desk_is_its_persons_alone(world: World) -> None:
    desk = await world.desk("attendee")
    assert (await enter(world, "attendee", room=desk)).state["snapshot"]["person"]["name"] == "Attendee"
    absent: set[str] = set()
    for who in (None, "other", "moderator", "organiser", "admin", "stranger"):
        for room in (desk, "x" * 20):
            with refused("not_found") as refusal:
                await enter(world, who, room=room)
            absent.add(str(refusal.problem))
    assert len(absent) == 1, "a desk that is another's looks like one that does not exist"


async def test_a_public_view_holds_nothing_personal(world: World) -> None:
    await world.ask("Mine", "moderator")
    screen = await enter(world, "moderator", public=True)
    await world.ask("Mine, too", "moderator")
    await settled(world.engine)
    screen.catch_up()
    everything: Any = screen.sink.messages
    assert screen.types == []
    assert "Mine" not in str(everything)
    assert screen.state["own"]["can"] == (await enter(world, None)).state["own"]["can"]
    await screen.verify()
