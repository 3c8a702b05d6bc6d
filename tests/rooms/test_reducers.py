"""Old state + events = new state, for every event there is (design §3, invariant 9). See tests/support/clients.py for how it is held to the truth."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

import rooms.slices  # noqa: F401
from rooms.chat.messages import PostMessage, ReadChat, RemoveMessage, SetChat
from rooms.core.commands.messages import Event, Latest, declared, tag_of
from rooms.core.store.journal import room_of
from rooms.exhibition.booths.messages import ApproveBooth, DeclineBooth, DraftBooth, SubmitBooth
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.files import messages as f
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.leads.messages import (
    AskLead,
    NoteLead,
    Purpose,
    QualifyLead,
    Rating,
    ShareLead,
    WithdrawLead,
)
from rooms.exhibition.queue.crew import read_shifts
from rooms.exhibition.queue.crew_messages import EndBreak, NewShift, PlanShifts, RemoveShift, TakeBreak
from rooms.exhibition.queue.messages import AcceptCall, CallNext, FinishTalk, JoinQueue, LeaveQueue, SkipPlace
from rooms.exhibition.requests.messages import AskContact, CloseContact, ContactKind, TakeContact
from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking, SetReview, ShowStage, StageKind
from rooms.forum.polls import messages as v
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import (
    AskQuestion,
    QuestionState,
    ReviseQuestion,
    UnvoteQuestion,
    VoteQuestion,
    WithdrawQuestion,
)
from rooms.meetings import messages as c
from rooms.meetings.bookings.calendar import booking_row
from rooms.meetings.bookings.messages import ReassignBooking
from rooms.people import messages as p
from rooms.programme.messages import EndSession, OpenSession, StarSession, StartSession, UnstarSession
from tests.support.bookings import booked, open_times
from tests.support.clients import Audience, audience, audience_everywhere, enter, verify_action
from tests.support.fixtures import Fixture, reducer_fixtures
from tests.support.reducers import reduce_event, reduce_latest
from tests.support.samples import call_between
from tests.support.world import World

ELSEWHERE = {"signin.revoked"}
"""Events that change nobody's state, and that no command records."""


async def ask(spectators: Audience, text: str, who: str = "attendee", *, anonymous: bool = False) -> str:
    outcome = await verify_action(spectators, who, AskQuestion(text, anonymous))
    return msgspec.json.decode(outcome.reply)["question"]


async def version(world: World, question: str) -> int:
    return (await world.question(question)).version


async def test_every_event_leads_from_the_old_state_to_the_new_one(world: World) -> None:
    world.lift_limits()
    spectators = await audience_everywhere(world)

    async def do(who: str, command: p.Command, room: str = "") -> None:
        await verify_action(spectators, who, command, room=room)

    async def moderate(command: type[m.Moderate | m.PresenterCommand], question: str, **fields: object) -> None:
        await do("moderator", command(question=question, version=await version(world, question), **fields))

    # Asking under review, and the queue
    first = await ask(spectators, "Why is the sky blue?")
    second = await ask(spectators, "What makes the sky blue?", "other", anonymous=True)
    await moderate(m.ClaimQuestion, first)
    await moderate(m.LabelQuestion, first, labels=["physics", "sky"])
    await moderate(m.EditQuestion, first, text="Why is the sky blue by day?")
    await do("attendee", ReviseQuestion(first, "Why is the sky blue, and red?"))
    await moderate(m.ReleaseQuestion, first)
    await moderate(m.ApproveQuestion, first)
    await do("other", VoteQuestion(first))
    await do("other", UnvoteQuestion(first))
    await do("speaker", VoteQuestion(first))
    # Merging: pending into public, a chain, and back
    third = await ask(spectators, "And green?", "organiser")
    await moderate(m.MergeQuestion, third, into=second)
    await moderate(m.MergeQuestion, second, into=first)
    await do("other", VoteQuestion(third))
    await moderate(m.EditQuestion, first, text="Why has the sky its colours?")
    await moderate(m.UnmergeQuestion, third)
    await moderate(m.UnmergeQuestion, second)
    await moderate(m.MergeQuestion, first, into=second)
    await moderate(m.ApproveQuestion, second)
    await do("other", WithdrawQuestion(second))
    # On the stage
    await moderate(m.PinQuestion, first)
    await do("moderator", m.ShowOnScreen(first))
    await moderate(m.TakeQuestion, first)
    await do("speaker", m.MarkAnswered(first))
    await do("speaker", m.ReopenQuestion(first))
    await moderate(m.AnswerQuestion, first, text="Because of Rayleigh.", public=True)
    await moderate(m.UnpinQuestion, first)
    await moderate(m.ArchiveQuestion, first)
    await moderate(m.UnarchiveQuestion, first)
    await moderate(m.DismissQuestion, first, reason="Said already")
    await moderate(m.ApproveQuestion, first)
    await moderate(m.RestoreQuestion, first)
    await moderate(m.AnswerQuestion, first, text="For you alone.", public=False)
    await do("moderator", m.ClearScreen())
    await polled(spectators)
    # How one may ask
    await do("moderator", SetReview(False))
    await do("moderator", SetAsking(Asking.PAUSED))
    held = await ask(spectators, "Held?", "other")
    await do("moderator", SetAsking(Asking.OPEN))
    assert (await world.question(held)).state is QuestionState.APPROVED
    await do("moderator", SetAnonymity(False))
    await moderate(m.MergeQuestion, held, into=third)
    await moderate(m.DismissQuestion, third)
    # The session, its stage and its chat
    await do("moderator", ShowStage(StageKind.EMBED, "https://video.example/1", "Opening"))
    for command in (OpenSession(), StartSession(), EndSession(), StartSession()):
        await do("moderator", command)
    await do("moderator", ShowStage(StageKind.EMBED, "https://video.example/1", "Opening"))
    for room in (world.room, world.lobby):
        posted = msgspec.json.decode((await verify_action(spectators, "other", PostMessage("Hello"), room=room)).reply)
        await do("attendee", ReadChat(world.engines[0].hub.seqs([room])[room]), room)
        await do("other", RemoveMessage(posted["message"]), room)
        await do("organiser", SetChat(True, 5), room)
    for star in (StarSession, UnstarSession):
        await do("attendee", star(world.session), world.lobby)
    # People
    for room, moderator in ((world.room, "moderator"), (world.lobby, "organiser")):
        person = world.people["attendee"]
        for command in (
            p.GrantRole(person, p.Role.MODERATOR),
            p.RevokeRole(person, p.Role.MODERATOR),
            p.SilencePerson(person, 5, "Too loud"),
            p.UnsilencePerson(person),
        ):
            await do("organiser" if isinstance(command, p.RevokeRole) else moderator, command, room)
    await in_a_booked_meeting(spectators)
    await at_the_booth(spectators)
    await do("attendee", p.ReadNotices(), await world.desk("attendee"))
    await do("attendee", p.ListMe(True), await world.desk("attendee"))
    await do("moderator", p.RemovePerson(world.people["attendee"]))
    assert spectators.of("attendee").problem, "the attendee has been removed"
    await do("moderator", p.ReadmitPerson(world.people["attendee"]))

    every = {tag_of(event) for event in declared(Event)}
    assert every - spectators.types - ELSEWHERE == set(), "these events were never seen by anybody"


async def polled(spectators: Audience) -> None:
    async def do(who: str, command: p.Command) -> Any:
        return msgspec.json.decode((await verify_action(spectators, who, command)).reply)

    for kind, answers in (
        (v.PollKind.MULTIPLE, ({"choices": [1, 2]}, {"choices": [2]}, {"choices": [1]})),
        (v.PollKind.CLOUD, ({"text": "light"}, {"text": "Light, air"}, {"text": "water"})),
    ):
        poll = (await do("moderator", v.DraftPoll(kind, "What?", ["Left", "Right"])))["poll"]
        await do("moderator", v.RevealPoll(poll, v.Reveal.NEVER))
        await do("moderator", v.OpenPoll(poll))
        await do("organiser", v.EditPoll(kind, "What, then?", ["Right", "Left"], poll=poll, version=1))
        await do("moderator", v.ShowPollOnScreen(poll))
        for answer in answers:
            await do("attendee", v.AnswerPoll(poll, 2, **answer))
        await do("other", v.AnswerPoll(poll, 2, **answers[0]))
        await do("attendee", v.RetractAnswer(poll))
        await do("moderator", v.RevealPoll(poll, v.Reveal.LIVE))
        await do("speaker", v.AnswerPoll(poll, 2, **answers[1]))
        await do("moderator", v.HideText(poll, "LIGHT", True))
        await do("moderator", v.RevealPoll(poll, v.Reveal.CLOSED))
        await do("attendee", v.AnswerPoll(poll, 2, **answers[2]))
        await do("moderator", v.ClosePoll(poll))
        await do("moderator", v.RevealPoll(poll, v.Reveal.NEVER))
        await do("moderator", v.RevealPoll(poll, v.Reveal.CLOSED))
        await do("moderator", v.HideText(poll, "light", False))
        await do("moderator", v.ArchivePoll(poll))


async def at_the_booth(spectators: Audience) -> None:
    world = spectators.world

    async def do(who: str, command: p.Command) -> Any:
        return msgspec.json.decode((await verify_action(spectators, who, command, room=world.stand)).reply)

    # What it says
    await do("owner", DraftBooth("Lumen AB", texts={"zh_Hans": {"name": "流明"}}, languages=["en", "zh"]))
    await do("owner", SubmitBooth())
    await do("organiser", DeclineBooth("Say more"))
    await do("owner", DraftBooth("Lumen AB", "Light", "For everybody"))
    await do("organiser", ApproveBooth())
    film = (await do("owner", f.LinkFilm("https://films.example/1", "Our lamps")))["file"]
    await do("owner", f.ChangeFile(film, "Lamps", {"zh_Hans": "灯具"}))
    await do("owner", f.PlaceFile(film, 0))
    await do("attendee", f.ConsentToName(True))
    await do("organiser", f.RemoveFile(film))
    # Staff
    await do("owner", SetDuty(world.people["speaker"], Duty.CONTACT))
    await do("owner", SetDuty(world.people["speaker"]))
    # Shifts and breaks
    shift = NewShift(world.people["staff"], world.clock(), world.clock() + timedelta(hours=3))
    await do("owner", PlanShifts([shift, msgspec.structs.replace(shift, person=world.people["owner"])]))
    async with world.engine.database.read() as connection:
        planned = (await read_shifts(connection, [world.booth]))[world.booth]
    for each in planned:
        await do("owner", RemoveShift(each.id))
    await do("staff", TakeBreak(15))
    await do("owner", TakeBreak())
    await do("staff", EndBreak())
    await do("owner", EndBreak())
    # The queue
    for who in ("attendee", "other", "speaker"):
        await do(who, JoinQueue())
    skipped = (await do("staff", CallNext()))["place"]
    await do("staff", SkipPlace(skipped))
    called = (await do("staff", CallNext()))["place"]
    meeting = (await do("other", AcceptCall()))["meeting"]
    async with world.engine.database.read() as connection:
        room = await room_of(connection, "meeting", meeting)
    spectators.clients.append(await enter(world, "other", room=room))
    spectators.clients.append(await enter(world, "staff", room=room))
    await verify_action(spectators, "staff", PostMessage("Welcome"), room=room)
    await in_a_call(spectators, room)
    await do("staff", FinishTalk(called))
    await do("staff", CallNext())
    world.clock.advance(minutes=2)
    await do("owner", CallNext())
    await do("attendee", LeaveQueue())
    # What visitors ask
    asked = (await do("attendee", AskContact(ContactKind.CONTACT, "Call me")))["contact"]
    await do("attendee", AskContact(ContactKind.MESSAGE, "When may I come?"))
    await do("owner", TakeContact(asked))
    await do("owner", CloseContact(asked))
    await do("attendee", PostMessage("Hello"))
    # Leads
    await do("staff", AskLead(world.people["attendee"]))
    await do("attendee", ShareLead(Purpose.NEWS, organisation="Sol AB"))
    async with world.engine.database.read() as connection:
        [lead] = await lead_queries.found(connection, world.booth)
    await do("owner", NoteLead(lead.id, "Wants forty lamps"))
    await do("staff", QualifyLead(lead.id, Rating.HOT, ["resellers"]))
    await do("attendee", WithdrawLead())


async def in_a_booked_meeting(spectators: Audience) -> None:
    """A colleague takes over: the meeting has someone who leaves and someone who comes."""
    world = spectators.world
    await open_times(world)
    booking = await booked(world, "staff", "attendee")
    async with world.engine.database.read() as connection:
        meeting = (await booking_row(connection, world.conference, booking)).meeting
        room = await room_of(connection, "meeting", meeting)
    for who in ("attendee", "staff"):
        spectators.clients.append(await enter(world, who, room=room))
    command = ReassignBooking(booking, world.people["staff"], world.people["owner"])
    await verify_action(spectators, "staff", command, room=world.lobby)
    assert spectators.of("staff", "meeting").problem, "no longer invited"


async def in_a_call(spectators: Audience, room: str) -> None:
    world = spectators.world
    await call_between(world, room, "other", "staff")
    for who, command in (
        ("other", c.ExtendCall()),
        ("staff", c.BringColleague(world.people["owner"])),
        ("other", c.RateCall(c.CallOutcome.HELD, 4)),
        ("other", p.ReportPerson(world.people["staff"], p.ReportReason.OTHER)),
        ("other", p.BlockPerson(world.people["owner"])),
        ("other", p.BlockPerson(world.people["staff"])),
        ("other", p.UnblockPerson(world.people["staff"])),
    ):
        await verify_action(spectators, who, command, room=room)


async def test_a_forgotten_event_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    spectators = await audience(world, ["moderator"])
    monkeypatch.setattr("rooms.forum.questions.changes._tell_public", lambda *_: None)
    with pytest.raises(AssertionError, match="receives something else"):
        await world.ask("Why?")
    world.unchecked("the fault is deliberate")
    with pytest.raises(AssertionError, match="believes otherwise"):
        await ask(spectators, "How?")


@pytest.mark.parametrize("fixture", list(reducer_fixtures()), ids=lambda fixture: fixture.file)
def test_the_twins_agree_with_the_fixtures_of_the_clients_reducers(fixture: Fixture) -> None:
    if fixture.event is not None:
        assert reduce_event(fixture.kind, fixture.before, fixture.event) == fixture.after
    else:
        assert reduce_latest(fixture.kind, fixture.before, fixture.latest or {}) == fixture.after


def test_every_event_and_latest_value_has_a_fixture() -> None:
    names = {fixture.name for fixture in reducer_fixtures()}
    declared_names = {tag_of(event) for event in declared(Event)} | {
        f"latest.{latest.name}" for latest in declared(Latest)
    }
    assert names == declared_names
