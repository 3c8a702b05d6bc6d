"""A session's state, stage and rules for asking: each command's effect, its refusals, and the events for each audience."""

import msgspec
import pytest

from rooms.chat.messages import PostMessage, SetChat
from rooms.core.store import audit
from rooms.forum import hosting_messages as hosting
from rooms.forum.polls.messages import DraftPoll, OpenPoll, PollKind
from rooms.forum.questions.moderation_messages import ApproveQuestion, ShowOnScreen, TakeQuestion
from rooms.programme import messages as m
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

OPEN, START_IT, END = m.OpenSession(), m.StartSession(), m.EndSession()


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([OPEN], "lobby"),
        ([OPEN, OPEN], "lobby"),
        ([START_IT], "live"),
        ([OPEN, START_IT], "live"),
        ([START_IT, END], "ended"),
        ([START_IT, END, START_IT], "live"),
    ],
)
async def test_a_session_goes_its_way(world: World, steps: list[m.Command], state: str) -> None:
    spectators = await audience(world)
    for step in steps:
        await world.do("speaker", step)
    await spectators.verify()
    assert spectators.of(None).state["snapshot"]["session"]["state"] == state
    assert spectators.of(None, "lobby").state["snapshot"]["sessions"][0]["state"] == state


@pytest.mark.parametrize("steps", [[END], [OPEN, END], [START_IT, OPEN], [START_IT, END, OPEN]])
async def test_steps_that_do_not_lead_anywhere_are_refused(world: World, steps: list[m.Command]) -> None:
    *before, last = steps
    for step in before:
        await world.do("moderator", step)
    with refused("conflict"):
        await world.do("moderator", last)


async def test_the_times_of_a_session_are_kept(world: World) -> None:
    await world.do("moderator", START_IT)
    world.clock.advance(minutes=50)
    await world.do("moderator", END)
    ended = await enter(world, None)
    assert ended.state["snapshot"]["session"]["started_at"] == "2026-11-20T09:00:00Z"
    assert ended.state["snapshot"]["session"]["ended_at"] == "2026-11-20T09:50:00Z"
    world.clock.advance(minutes=1)
    await world.do("moderator", START_IT)
    await settled(world.engine)
    session = ended.catch_up().state["snapshot"]["session"]
    assert (session["started_at"], session["ended_at"]) == ("2026-11-20T09:00:00Z", None), "it goes on"


async def test_steps_and_how_one_may_ask_are_audited(world: World) -> None:
    for command in (
        OPEN,
        START_IT,
        END,
        hosting.SetReview(False),
        hosting.SetReview(False),
        hosting.SetAsking(hosting.Asking.LOCKED),
    ):
        await world.do("moderator", command)
    async with world.engine.database.read() as connection:
        acts = [entry.act for entry in await audit.read(connection, world.conference, limit=5)]
    assert acts == ["asking.change", "asking.change", "session.ended", "session.live", "session.lobby"]


async def test_only_those_who_present_step_and_only_moderators_set(world: World) -> None:
    for command in (OPEN, START_IT, END):
        with refused("forbidden"):
            await world.do("attendee", command)
    for command in (
        hosting.ShowStage(hosting.StageKind.SLATE),
        hosting.SetAsking(hosting.Asking.OPEN),
        hosting.SetReview(True),
        hosting.SetAnonymity(True),
    ):
        with refused("forbidden"):
            await world.do("speaker", command)


async def test_the_stage_shows_a_stream_or_a_slate(world: World) -> None:
    await world.do("moderator", OPEN)
    spectators = await audience(world)
    address = "https://media.example:8443/live/stream.m3u8?key=a%20b&x=1#t"
    await world.do("moderator", hosting.ShowStage(hosting.StageKind.HLS, address, " Opening\n ceremony "))
    await spectators.verify()
    stage = {"kind": "hls", "address": address, "title": "Opening ceremony"}
    assert spectators.of(None).state["snapshot"]["stage"] == stage
    await world.do("moderator", hosting.ShowStage(hosting.StageKind.SLATE, address))
    await spectators.verify()
    assert spectators.of(None).state["snapshot"]["stage"] == {"kind": "slate", "address": "", "title": ""}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://media.example/x",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://[",
        "https://[::1",
        "https://user:pass@media.example/",
        "https://media.example;script-src *",
        "https://media.example,https://evil.example",
        "https://media.example/a b",
        'https://media.example/"onload=',
        "https://media.example'",
        "https://media.example:99999999/",
        "https://media.example\\@evil.example/",
        "//media.example/x",
        "data:text/html,x",
        "https://mediа.example\u202e/",
    ],
)
async def test_an_address_that_could_do_harm_is_refused(world: World, address: str) -> None:
    with refused("invalid", "address"):
        await world.do("moderator", hosting.ShowStage(hosting.StageKind.EMBED, address))


async def test_everyone_knows_how_one_may_ask(world: World) -> None:
    spectators = await audience(world)
    await world.do("moderator", hosting.SetAsking(hosting.Asking.PAUSED))
    await world.do("moderator", hosting.SetReview(False))
    await world.do("moderator", hosting.SetAnonymity(False))
    assert (await world.do("moderator", hosting.SetAnonymity(False))).seq is None
    await spectators.verify()
    expected = {"asking": "paused", "review": False, "anonymous": False}
    assert spectators.of(None).state["snapshot"]["asking"] == expected


async def test_ended_is_ended(world: World) -> None:
    """users.md 11: asking and polls stayed open, and a question went on being answered."""
    await world.do("moderator", START_IT)
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    await world.do("moderator", TakeQuestion(question, 2))
    await world.do("moderator", ShowOnScreen(question))
    wording = {"kind": PollKind.SINGLE, "title": "Which?", "options": ["one", "two"]}
    poll = msgspec.json.decode((await world.do("moderator", DraftPoll(**wording))).reply)["poll"]
    await world.do("moderator", OpenPoll(poll))
    spectators = await audience(world)
    await world.do("speaker", END)
    await spectators.verify()
    shown = spectators.of(None).state["snapshot"]
    assert (shown["answering"], shown["screen"], shown["screen_poll"]) == (None, None, None)
    assert [each["state"] for each in shown["polls"]] == ["closed"]
    assert shown["asking"]["asking"] == "locked"
    with refused("closed"):
        await world.ask("Still?")


async def test_asking_may_stay_open_after_the_end(world: World) -> None:
    await world.do("moderator", START_IT)
    await world.do("moderator", m.EndSession(leave_open=True))
    assert await world.ask("Still?")
    with refused("closed"):
        await world.do("attendee", PostMessage("Still?"))


async def test_the_chat_may_stay_open_after_the_end(world: World) -> None:
    await world.do("moderator", START_IT)
    await world.do("moderator", m.EndSession(leave_chat=True))
    await world.do("attendee", PostMessage("Still?"))
    with refused("closed"):
        await world.ask("Still?")


@pytest.mark.parametrize("asking", list(hosting.Asking))
@pytest.mark.parametrize("chat", [True, False])
async def test_a_resumed_session_is_as_before_the_end(world: World, asking: hosting.Asking, chat: bool) -> None:
    await world.do("moderator", START_IT)
    await world.do("moderator", hosting.SetAsking(asking))
    await world.do("moderator", SetChat(open=chat, slow_seconds=5))
    spectators = await audience(world)
    await world.do("speaker", END)
    await spectators.verify()
    closed = spectators.of(None).state["snapshot"]
    assert (closed["asking"]["asking"], closed["chat"]) == ("locked", {"open": False, "slow_seconds": 5})
    await world.do("speaker", START_IT)
    await spectators.verify()
    again = spectators.of(None).state["snapshot"]
    assert (again["asking"]["asking"], again["chat"]) == (asking.value, {"open": chat, "slow_seconds": 5})


async def test_what_was_opened_after_the_end_stays_so_when_it_resumes(world: World) -> None:
    await world.do("moderator", hosting.SetAsking(hosting.Asking.PAUSED))
    await world.do("moderator", START_IT)
    await world.do("moderator", END)
    await world.do("moderator", hosting.SetAsking(hosting.Asking.OPEN))
    await world.do("moderator", START_IT)
    assert (await enter(world, None)).state["snapshot"]["asking"]["asking"] == "open"


async def test_a_stage_is_prepared_in_private_and_shown_from_the_lobby_on(world: World) -> None:
    """users.md 10: a stage that was set before its session was public at once."""
    spectators = await audience(world)
    await world.do("moderator", hosting.ShowStage(hosting.StageKind.HLS, "https://media.example/live.m3u8"))
    await spectators.verify()
    assert spectators.of(None).state["snapshot"]["stage"]["kind"] == "slate"
    assert spectators.of("moderator").state["snapshot"]["stage"]["address"] == "https://media.example/live.m3u8"
    assert (await enter(world, None)).state["snapshot"]["stage"]["kind"] == "slate"
    await world.do("moderator", OPEN)
    await spectators.verify()
    assert spectators.of(None).state["snapshot"]["stage"]["address"] == "https://media.example/live.m3u8"
