"""One command of every kind that succeeds, with all that must have happened before. A command without a sample fails the tests that go through all."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple, cast

import msgspec

from rooms.chat.messages import PostMessage, ReadChat, RemoveMessage, SetChat
from rooms.conduct.messages import ReportMessage, ReportQuestion
from rooms.contacts import messages as contacts
from rooms.cooperation import messages as cm
from rooms.cooperation.documents import messages as dm
from rooms.cooperation.peer_reviews import messages as rm
from rooms.cooperation.search_messages import DeleteSearch, SaveSearch, SearchSaved
from rooms.cooperation.type_messages import ArchiveType, CreateType, EditType
from rooms.core.commands.access import resolve
from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.commands.registry import SPECS
from rooms.core.errors import Problem
from rooms.core.store.journal import room_of
from rooms.exhibition.applications.messages import (
    AcceptApplication,
    Applied,
    ApplyToExhibit,
    DeclineApplication,
    ReviewApplication,
    WithdrawApplication,
)
from rooms.exhibition.booths.messages import ApproveBooth, CreateBooth, DeclineBooth, DraftBooth, SubmitBooth
from rooms.exhibition.booths.staff_messages import Duty, LeaveStaff, SetDuty
from rooms.exhibition.demos import PublishDemo
from rooms.exhibition.files import messages as f
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.leads.messages import (
    AskLead,
    NoteLead,
    Purpose,
    QualifyLead,
    Rating,
    ShareLead,
    Source,
    WithdrawLead,
)
from rooms.exhibition.queue.crew import read_shifts
from rooms.exhibition.queue.crew_messages import EndBreak, NewShift, PlanShifts, RemoveShift, TakeBreak
from rooms.exhibition.queue.messages import (
    AcceptCall,
    Called,
    CallNext,
    FinishTalk,
    JoinQueue,
    LeaveQueue,
    SkipPlace,
)
from rooms.exhibition.requests.messages import AskContact, CloseContact, ContactAsked, ContactKind, TakeContact
from rooms.forum.hosting_messages import (
    Asking,
    RenewStreamKeys,
    SetAnonymity,
    SetAsking,
    SetReview,
    ShowStage,
    StageKind,
)
from rooms.forum.polls import messages as v
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import AskQuestion, ReviseQuestion, UnvoteQuestion, VoteQuestion, WithdrawQuestion
from rooms.forum.reaction_messages import ReactionKind, SendReaction
from rooms.matchmaking import messages as mm
from rooms.matchmaking.schedule import messages as sm
from rooms.meetings import messages as c
from rooms.meetings import roster
from rooms.meetings.bookings import messages as bm
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.create import open_meeting
from rooms.meetings.meetups import messages as meetups
from rooms.meetings.rounds import messages as rounds
from rooms.organisations.messages import (
    AnswerInvitation,
    CreateOrganisation,
    EditOrganisation,
    InviteMember,
    LeaveOrganisation,
    MergeOrganisations,
    OrganisationRole,
    SetMember,
    UninviteMember,
)
from rooms.organisations.profile import create
from rooms.people import messages as p
from rooms.programme import messages as pm
from rooms.programme.messages import EndSession, OpenSession, StartSession
from rooms.recruitment.applications import messages as hiring
from rooms.recruitment.candidates import messages as talents
from rooms.recruitment.interviews import messages as interviews
from rooms.recruitment.jobs import messages as jobs
from tests.support import recruitment
from tests.support.bookings import booked, demo, free_slot, open_times, requests_of, slot, table
from tests.support.contacts import ask
from tests.support.cooperation import (
    FIELDS,
    VALUES,
    asks_to_read,
    documented,
    drafted,
    entry_type,
    interested,
    published,
    reviewed,
    waiting,
)
from tests.support.matchmaking import (
    drafted_schedule,
    joined,
    opened,
    planned_meeting,
    shown_schedule,
    started,
    wished,
)
from tests.support.meetups import FIELDS as MEETUP
from tests.support.meetups import approved as approved_meetup
from tests.support.meetups import join as join_meetup
from tests.support.meetups import proposed as proposed_meetup
from tests.support.rounds import FIELDS as ROUND
from tests.support.rounds import enter as enter_round
from tests.support.rounds import set_up as set_up_round
from tests.support.world import START, World


class Sample(NamedTuple):
    """`who` may give the command in the room."""

    who: str
    room: str
    command: Command


Make = Callable[[World], Awaitable[Sample]]
_MAKERS: dict[str, Make] = {}


async def sample(world: World, op: str) -> Sample:
    """Makes it so that the command can succeed, and gives it."""
    return await _MAKERS[op](world)


def ops() -> list[str]:
    """The ops of the commands that have a sample; tests/rooms/core/commands/test_registry.py sees to it that all have one."""
    return sorted(SPECS.keys() & _MAKERS.keys())


async def every_sample(world: World) -> AsyncIterator[tuple[str, Sample]]:
    """Samples of all commands in one world, each made when the one before has been dealt with. A few may no longer be possible by then."""
    impossible: list[str] = []
    first = ["session.open", "session.start", "slots.set"]
    last = [op for op in ops() if op.startswith(("asking.", "break.", "organisation."))]  # which end what others need
    for op in [*first, *(op for op in ops() if op not in {*first, *last}), *last]:
        try:
            made = await sample(world, op)
        except Problem as problem:
            impossible.append(f"{op}: {problem}")
        else:
            yield op, made
    assert len(impossible) < 8, f"too many were not: {impossible}"


def _sample(op: str, who: str = "moderator", room: str = "") -> Callable[[Callable[[World], Awaitable[Command]]], Make]:
    def register(make: Callable[[World], Awaitable[Command]]) -> Make:
        async def made(world: World) -> Sample:
            command = await make(world)
            rooms = {"": world.room, "lobby": world.lobby, "booth": world.stand, "desk": await world.desk(who)}
            return Sample(who, rooms[room], command)

        _MAKERS[op] = made
        return made

    return register


async def _question(world: World, *steps: type[m.Moderate | m.PresenterCommand]) -> tuple[str, int]:
    """A question of the attendee after some steps, and its version."""
    id = await world.ask("Why?", "attendee", anonymous=True)
    for step in steps:
        fields = {"into": await _public(world)} if step is m.MergeQuestion else {}
        await world.do("moderator", step(question=id, version=(await world.question(id)).version, **fields))
    return id, (await world.question(id)).version


async def _public(world: World) -> str:
    return (await _question(world, m.ApproveQuestion))[0]


def _moderating(
    op: str,
    command: type[m.Moderate | m.PresenterCommand],
    *steps: type[m.Moderate],
    who: str = "moderator",
    **fields: object,
) -> None:
    async def make(world: World) -> Command:
        id, version = await _question(world, *steps)
        return command(question=id, version=version, **fields)

    _sample(op, who)(make)


A = m.ApproveQuestion
_moderating("question.approve", m.ApproveQuestion)
_moderating("question.dismiss", m.DismissQuestion, reason="Said already")
_moderating("question.restore", m.RestoreQuestion, A)
_moderating("question.edit", m.EditQuestion, text="Why, then?")
_moderating("question.label", m.LabelQuestion, labels=["visa"])
_moderating("question.claim", m.ClaimQuestion)
_moderating("question.release", m.ReleaseQuestion, m.ClaimQuestion)
_moderating("question.unmerge", m.UnmergeQuestion, m.MergeQuestion)
_moderating("question.pin", m.PinQuestion, A)
_moderating("question.unpin", m.UnpinQuestion, A, m.PinQuestion)
_moderating("question.archive", m.ArchiveQuestion, A)
_moderating("question.unarchive", m.UnarchiveQuestion, A, m.ArchiveQuestion)
_moderating("question.take", m.TakeQuestion, A, who="speaker")
_moderating("question.answered", m.MarkAnswered, A, who="speaker")
_moderating("question.reopen", m.ReopenQuestion, A, who="speaker")
_moderating("question.answer", m.AnswerQuestion, A, who="speaker", text="Because.", public=True)


@_sample("question.merge")
async def _(world: World) -> Command:
    id, version = await _question(world)
    return m.MergeQuestion(id, version, await _public(world))


@_sample("question.unmask")
async def _(world: World) -> Command:
    return m.UnmaskQuestion(await _public(world))


@_sample("screen.show")
async def _(world: World) -> Command:
    return m.ShowOnScreen(await _public(world))


@_sample("screen.clear")
async def _(world: World) -> Command:
    return m.ClearScreen()


@_sample("question.ask", "attendee")
async def _(world: World) -> Command:
    return AskQuestion("Why?")


@_sample("question.revise", "attendee")
async def _(world: World) -> Command:
    return ReviseQuestion((await _question(world))[0], "Why, though?")


@_sample("question.withdraw", "attendee")
async def _(world: World) -> Command:
    return WithdrawQuestion((await _question(world))[0])


@_sample("question.vote", "other")
async def _(world: World) -> Command:
    return VoteQuestion(await _public(world))


@_sample("question.unvote", "other")
async def _(world: World) -> Command:
    id = await _public(world)
    await world.do("other", VoteQuestion(id))
    return UnvoteQuestion(id)


async def _poll(world: World, *steps: type[v.PollCommand], kind: v.PollKind = v.PollKind.SINGLE) -> str:
    drafted = await world.do("moderator", v.DraftPoll(kind, "Which way?", ["Left", "Right"]))
    poll = msgspec.json.decode(drafted.reply, type=v.Drafted).poll
    for step in steps:
        await world.do("moderator", step(poll))
    return poll


@_sample("poll.draft")
async def _(world: World) -> Command:
    return v.DraftPoll(v.PollKind.MULTIPLE, "Which ways?", ["Left", "Right"])


@_sample("poll.edit")
async def _(world: World) -> Command:
    return v.EditPoll(v.PollKind.RATING, "How was the way?", poll=await _poll(world), version=1)


@_sample("poll.open")
async def _(world: World) -> Command:
    return v.OpenPoll(await _poll(world))


@_sample("poll.close")
async def _(world: World) -> Command:
    return v.ClosePoll(await _poll(world, v.OpenPoll))


@_sample("poll.archive")
async def _(world: World) -> Command:
    return v.ArchivePoll(await _poll(world, v.OpenPoll, v.ClosePoll))


@_sample("poll.reveal")
async def _(world: World) -> Command:
    return v.RevealPoll(await _poll(world, v.OpenPoll), v.Reveal.LIVE)


@_sample("poll.hide")
async def _(world: World) -> Command:
    poll = await _poll(world, v.OpenPoll, kind=v.PollKind.CLOUD)
    await world.do("attendee", v.AnswerPoll(poll, 1, text="left, right"))
    return v.HideText(poll, "Left", True)


@_sample("screen.poll")
async def _(world: World) -> Command:
    return v.ShowPollOnScreen(await _poll(world, v.OpenPoll))


@_sample("poll.answer", "attendee")
async def _(world: World) -> Command:
    return v.AnswerPoll(await _poll(world, v.OpenPoll), 1, [2])


@_sample("poll.retract", "attendee")
async def _(world: World) -> Command:
    poll = await _poll(world, v.OpenPoll)
    await world.do("attendee", v.AnswerPoll(poll, 1, [2]))
    return v.RetractAnswer(poll)


@_sample("reaction.send", "attendee")
async def _(world: World) -> Command:
    await world.do("moderator", StartSession())
    return SendReaction(ReactionKind.HEART)


@_sample("chat.post", "attendee")
async def _(world: World) -> Command:
    return PostMessage("Hello")


@_sample("chat.remove", "attendee")
async def _(world: World) -> Command:
    return RemoveMessage(msgspec.json.decode((await world.do("attendee", PostMessage("Hello"))).reply)["message"])


@_sample("chat.read", "attendee")
async def _(world: World) -> Command:
    return ReadChat((await world.do("other", PostMessage("Hello"))).seq or 0)


@_sample("chat.set")
async def _(world: World) -> Command:
    return SetChat(True, 7)


@_sample("asking.set")
async def _(world: World) -> Command:
    return SetAsking(Asking.PAUSED)


@_sample("asking.review")
async def _(world: World) -> Command:
    return SetReview(False)


@_sample("asking.anonymity")
async def _(world: World) -> Command:
    return SetAnonymity(False)


@_sample("stage.show")
async def _(world: World) -> Command:
    return ShowStage(StageKind.HLS, "https://media.example/live.m3u8", "Live")


@_sample("stage.rekey", "speaker")
async def _(world: World) -> Command:
    return RenewStreamKeys()


@_sample("session.open", "speaker")
async def _(world: World) -> Command:
    return OpenSession()


@_sample("session.start", "speaker")
async def _(world: World) -> Command:
    return StartSession()


@_sample("session.end", "speaker")
async def _(world: World) -> Command:
    await world.do("moderator", StartSession())
    return EndSession()


@_sample("role.grant")
async def _(world: World) -> Command:
    return p.GrantRole(world.people["other"], p.Role.SPEAKER)


@_sample("role.revoke")
async def _(world: World) -> Command:
    await world.do("moderator", p.GrantRole(world.people["other"], p.Role.SPEAKER))
    return p.RevokeRole(world.people["other"], p.Role.SPEAKER)


@_sample("person.silence")
async def _(world: World) -> Command:
    return p.SilencePerson(world.people["guest"], 5, "Too loud")


@_sample("person.unsilence")
async def _(world: World) -> Command:
    await world.do("moderator", p.SilencePerson(world.people["guest"]))
    return p.UnsilencePerson(world.people["guest"])


@_sample("person.remove")
async def _(world: World) -> Command:
    return p.RemovePerson(world.people["guest"], "Spam")


@_sample("person.readmit")
async def _(world: World) -> Command:
    await world.do("moderator", p.RemovePerson(world.people["guest"]))
    return p.ReadmitPerson(world.people["guest"])


@_sample("notice.read", "attendee", "desk")
async def _(world: World) -> Command:
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    view = await world.engine.view(world.people["attendee"], await world.desk("attendee"))
    return p.ReadNotice(cast(p.DeskSnapshot, view.snapshot).notices[0].id)


@_sample("notice.read_all", "attendee", "desk")
async def _(world: World) -> Command:
    await world.do("organiser", p.GrantRole(world.people["attendee"], Role.SPEAKER))
    return p.ReadNotices(world.clock())


@_sample("presence.list", "attendee", "desk")
async def _(world: World) -> Command:
    return p.ListMe(True)


@_sample("session.star", "attendee", "lobby")
async def _(world: World) -> Command:
    return pm.StarSession(world.session)


@_sample("session.unstar", "attendee", "lobby")
async def _(world: World) -> Command:
    await world.do("attendee", pm.StarSession(world.session), room=world.lobby)
    return pm.UnstarSession(world.session)


@_sample("session.create", "organiser", "lobby")
async def _(world: World) -> Command:
    return pm.CreateSession(title="Closing", starts_at=START, ends_at=START + timedelta(hours=1))


@_sample("session.change", "organiser", "lobby")
async def _(world: World) -> Command:
    return pm.ChangeSession(title="Opened", starts_at=START, ends_at=START + timedelta(hours=1), session=world.session)


@_sample("session.cancel", "organiser", "lobby")
async def _(world: World) -> Command:
    return pm.CancelSession(world.session)


@_sample("session.reinstate", "organiser", "lobby")
async def _(world: World) -> Command:
    await world.do("organiser", pm.CancelSession(world.session), room=world.lobby)
    return pm.ReinstateSession(world.session)


@_sample("booth.create", "organiser", "lobby")
async def _(world: World) -> Command:
    return CreateBooth("Aurora", "Hall 2", owner=world.people["other"])


@_sample("booth.draft", "owner", "booth")
async def _(world: World) -> Command:
    return DraftBooth("Lumen AB", "Light for everybody")


@_sample("booth.submit", "owner", "booth")
async def _(world: World) -> Command:
    await world.do("owner", DraftBooth("Lumen AB"), room=world.stand)
    return SubmitBooth()


@_sample("booth.approve", "organiser", "booth")
async def _(world: World) -> Command:
    await world.do("owner", DraftBooth("Lumen AB"), room=world.stand)
    return ApproveBooth()


@_sample("booth.decline", "organiser", "booth")
async def _(world: World) -> Command:
    await world.do("owner", DraftBooth("Lumen AB"), room=world.stand)
    return DeclineBooth("Too short")


@_sample("staff.leave", "speaker", "booth")
async def _(world: World) -> Command:
    await world.do("owner", SetDuty(world.people["speaker"], Duty.CONTACT), room=world.stand)
    return LeaveStaff()


@_sample("staff.set", "owner", "booth")
async def _(world: World) -> Command:
    return SetDuty(world.people["other"], Duty.CONTACT)


async def _queued(world: World, *, accepted: bool = False) -> str:
    """The staff call the attendee; returns the attendee's place."""
    await world.do("attendee", JoinQueue(), room=world.stand)
    called = await world.do("staff", CallNext(), room=world.stand)
    if accepted:
        await world.do("attendee", AcceptCall(), room=world.stand)
    return msgspec.json.decode(called.reply, type=Called).place


@_sample("shift.plan", "owner", "booth")
async def _(world: World) -> Command:
    return PlanShifts([_shift(world)])


@_sample("shift.remove", "owner", "booth")
async def _(world: World) -> Command:
    await world.do("owner", PlanShifts([_shift(world)]), room=world.stand)
    async with world.engine.database.read() as connection:
        shift, *_ = (await read_shifts(connection, [world.booth]))[world.booth]
    return RemoveShift(shift.id)


def _shift(world: World) -> NewShift:
    return NewShift(world.people["staff"], world.clock(), world.clock() + timedelta(hours=3))


@_sample("break.take", "staff", "booth")
async def _(world: World) -> Command:
    return TakeBreak(15)


@_sample("break.end", "staff", "booth")
async def _(world: World) -> Command:
    await world.do("staff", TakeBreak(), room=world.stand)
    return EndBreak()


@_sample("queue.join", "attendee", "booth")
async def _(world: World) -> Command:
    return JoinQueue()


@_sample("queue.leave", "attendee", "booth")
async def _(world: World) -> Command:
    await world.do("attendee", JoinQueue(), room=world.stand)
    return LeaveQueue()


@_sample("queue.call", "staff", "booth")
async def _(world: World) -> Command:
    await world.do("attendee", JoinQueue(), room=world.stand)
    return CallNext()


@_sample("queue.accept", "attendee", "booth")
async def _(world: World) -> Command:
    await _queued(world)
    return AcceptCall()


@_sample("queue.skip", "staff", "booth")
async def _(world: World) -> Command:
    return SkipPlace(await _queued(world))


@_sample("queue.finish", "staff", "booth")
async def _(world: World) -> Command:
    return FinishTalk(await _queued(world, accepted=True))


async def _met(world: World) -> tuple[str, str]:
    """The meeting and the room of the attendee and the staff."""
    both = [world.people["attendee"], world.people["staff"]]
    async with world.engine.database.write() as connection:
        meeting = await open_meeting(connection, world.conference, world.booth, both, world.clock())
        return meeting, await room_of(connection, "meeting", meeting)


async def call_between(world: World, room: str, *who: str) -> list[str]:
    """These people join the call of a meeting; gives their peers."""
    peers: list[str] = []
    for name in who:
        person = world.people[name]
        async with world.engine.transaction([room, await world.desk(name)]) as tx:
            actor = await resolve(tx.connection, person, tx.rooms[room], tx.now)
            peers.append((await roster.take_seat(tx, actor, None)).peer)
    return peers


def _in_meeting(op: str, who: str) -> Callable[[Callable[[World, str], Awaitable[Command]]], Make]:
    def register(make: Callable[[World, str], Awaitable[Command]]) -> Make:
        async def made(world: World) -> Sample:
            room = (await _met(world))[1]
            return Sample(who, room, await make(world, room))

        _MAKERS[op] = made
        return made

    return register


@_in_meeting("call.extend", "attendee")
async def _(world: World, room: str) -> Command:
    await call_between(world, room, "attendee", "staff")
    return c.ExtendCall()


@_in_meeting("call.wait", "attendee")
async def _(world: World, room: str) -> Command:
    return c.WaitForCall()


@_in_meeting("call.bring", "staff")
async def _(world: World, room: str) -> Command:
    return c.BringColleague(world.people["owner"])


@_in_meeting("call.rate", "attendee")
async def _(world: World, room: str) -> Command:
    return c.RateCall(c.CallOutcome.HELD, 5, "Good talk")


@_sample("person.report", "attendee")
async def _(world: World) -> Command:
    return p.ReportPerson(world.people["other"], p.ReportReason.SPAM, "The same again and again")


@_sample("chat.report", "attendee")
async def _(world: World) -> Command:
    message = msgspec.json.decode((await world.do("other", PostMessage("Buy cheap watches"))).reply)["message"]
    return ReportMessage(message, p.ReportReason.SPAM, "The same again and again")


@_sample("question.report", "other")
async def _(world: World) -> Command:
    return ReportQuestion(await _public(world), p.ReportReason.HARASSMENT)


@_sample("person.block", "attendee", "desk")
async def _(world: World) -> Command:
    return p.BlockPerson(world.people["other"])


@_sample("person.unblock", "attendee", "desk")
async def _(world: World) -> Command:
    await world.do("attendee", p.BlockPerson(world.people["guest"]), room=await world.desk("attendee"))
    return p.UnblockPerson(world.people["guest"])


async def _asked(world: World) -> str:
    asked = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
    return msgspec.json.decode(asked.reply, type=ContactAsked).contact


@_sample("contact.ask", "attendee", "booth")
async def _(world: World) -> Command:
    return AskContact(ContactKind.MESSAGE, "When can I visit you?")


@_sample("contact.take", "staff", "booth")
async def _(world: World) -> Command:
    return TakeContact(await _asked(world))


@_sample("demo.publish", "staff", "booth")
async def _(world: World) -> Command:
    return PublishDemo("Lamps that listen", "2026-11-22", "08:00", 15, 3)


@_sample("contact.close", "staff", "booth")
async def _(world: World) -> Command:
    return CloseContact(await _asked(world))


async def _lead(world: World) -> str:
    await world.do("attendee", ShareLead(Purpose.FOLLOW_UP), room=world.stand)
    async with world.engine.database.read() as connection:
        return (await lead_queries.found(connection, world.booth))[0].id


@_sample("lead.share", "attendee", "booth")
async def _(world: World) -> Command:
    return ShareLead(Purpose.NEWS, Source.SCAN, "Sol AB")


@_sample("lead.withdraw", "attendee", "booth")
async def _(world: World) -> Command:
    await _lead(world)
    return WithdrawLead()


@_sample("lead.ask", "staff", "booth")
async def _(world: World) -> Command:
    await world.do("other", PostMessage("Hello"), room=world.stand)
    return AskLead(world.people["other"])


@_sample("lead.note", "staff", "booth")
async def _(world: World) -> Command:
    return NoteLead(await _lead(world), "Wants forty lamps")


@_sample("lead.qualify", "staff", "booth")
async def _(world: World) -> Command:
    return QualifyLead(await _lead(world), Rating.HOT, ["resellers"])


async def _film(world: World) -> str:
    linked = await world.do("owner", f.LinkFilm("https://films.example/embed/1", "Our lamps"), room=world.stand)
    return msgspec.json.decode(linked.reply, type=f.FilmLinked).file


@_sample("film.link", "owner", "booth")
async def _(world: World) -> Command:
    return f.LinkFilm("https://films.example/embed/1", "Our lamps")


@_sample("file.change", "owner", "booth")
async def _(world: World) -> Command:
    return f.ChangeFile(await _film(world), "Lamps", {"zh_Hans": "灯具"})


@_sample("file.place", "owner", "booth")
async def _(world: World) -> Command:
    await _film(world)
    return f.PlaceFile(await _film(world), 0)


@_sample("file.remove", "organiser", "booth")
async def _(world: World) -> Command:
    return f.RemoveFile(await _film(world))


@_sample("file.consent", "attendee", "booth")
async def _(world: World) -> Command:
    return f.ConsentToName(True)


async def _applied(world: World) -> str:
    done = await world.do("other", ApplyToExhibit("Aurora"), room=world.lobby)
    return msgspec.json.decode(done.reply, type=Applied).application


@_sample("organisation.create", "attendee", "lobby")
async def _(world: World) -> Command:
    return CreateOrganisation("Aurora Institute", "We study the polar light.", country="NO", fields=["Physics"])


@_sample("organisation.edit", "owner", "lobby")
async def _(world: World) -> Command:
    return EditOrganisation("Lumen AB", organisation=world.organisation, website="https://lumen.example")


@_sample("organisation.invite", "owner", "lobby")
async def _(world: World) -> Command:
    return InviteMember(world.organisation, "attendee@example.org")


@_sample("organisation.uninvite", "owner", "lobby")
async def _(world: World) -> Command:
    await world.do("owner", InviteMember(world.organisation, "attendee@example.org"), room=world.lobby)
    return UninviteMember(world.organisation, "attendee@example.org")


@_sample("organisation.answer", "attendee", "lobby")
async def _(world: World) -> Command:
    await world.do("owner", InviteMember(world.organisation, "attendee@example.org"), room=world.lobby)
    return AnswerInvitation(world.organisation, accept=True)


@_sample("organisation.set_member", "owner", "lobby")
async def _(world: World) -> Command:
    return SetMember(world.organisation, world.people["attendee"], OrganisationRole.MEMBER)


@_sample("organisation.leave", "staff", "lobby")
async def _(world: World) -> Command:
    return LeaveOrganisation(world.organisation)


@_sample("organisation.merge", "organiser", "lobby")
async def _(world: World) -> Command:
    async with world.engine.database.write() as connection:
        double = await create(connection, world.conference, {"name": "LUMEN, Inc."})
    return MergeOrganisations(double, world.organisation)


@_sample("entry_type.create", "organiser", "lobby")
async def _(world: World) -> Command:
    return CreateType(cm.EntrySide.OFFER, "Technology offer", FIELDS)


@_sample("entry_type.edit", "organiser", "lobby")
async def _(world: World) -> Command:
    return EditType(cm.EntrySide.REQUEST, "Partner sought", type=await entry_type(world))


@_sample("entry_type.archive", "organiser", "lobby")
async def _(world: World) -> Command:
    return ArchiveType(await entry_type(world))


@_sample("entry.create", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.CreateEntry("Solar cells", organisation=world.organisation, type=await entry_type(world), values=VALUES)


@_sample("entry.draft", "owner", "lobby")
async def _(world: World) -> Command:
    return cm.DraftEntry("Better solar cells", entry=await published(world), values={"stage": "5"})


@_sample("entry.submit", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.SubmitEntry(await drafted(world))


@_sample("entry.approve", "organiser", "lobby")
async def _(world: World) -> Command:
    return cm.ApproveEntry(await waiting(world))


@_sample("entry.decline", "organiser", "lobby")
async def _(world: World) -> Command:
    return cm.DeclineEntry(await waiting(world), "Which partners do you seek?")


@_sample("entry.comment", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.CommentEntry(await waiting(world), "Is this clear now?")


@_sample("entry.renew", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.RenewEntry(await published(world))


@_sample("entry.withdraw", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.WithdrawEntry(await published(world))


@_sample("document.change", "staff", "lobby")
async def _(world: World) -> Command:
    return dm.ChangeDocument((await documented(world))[1], "Our newer paper", gated=False)


@_sample("document.remove", "staff", "lobby")
async def _(world: World) -> Command:
    return dm.RemoveDocument((await documented(world))[1])


@_sample("reader.ask", "attendee", "lobby")
async def _(world: World) -> Command:
    return dm.AskToRead((await documented(world))[0], "We test such cells.")


@_sample("reader.approve", "staff", "lobby")
async def _(world: World) -> Command:
    return dm.ApproveReader(await asks_to_read(world), world.people["attendee"])


@_sample("reader.refuse", "staff", "lobby")
async def _(world: World) -> Command:
    return dm.RefuseReader(await asks_to_read(world), world.people["attendee"])


@_sample("entry.delete", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.DeleteEntry(await drafted(world))


@_sample("peer_review.ask", "organiser", "lobby")
async def _(world: World) -> Command:
    return rm.AskPeer(await waiting(world), world.people["attendee"])


@_sample("peer_review.write", "attendee", "lobby")
async def _(world: World) -> Command:
    return rm.WritePeerReview((await reviewed(world))[1], rm.PeerAdvice.CHANGE, "The yield is missing.", True)


@_sample("peer_review.cancel", "organiser", "lobby")
async def _(world: World) -> Command:
    return rm.CancelPeerReview((await reviewed(world))[1])


@_sample("interest.show", "attendee", "lobby")
async def _(world: World) -> Command:
    return cm.ShowInterest(await published(world), "We could test them.")


@_sample("interest.withdraw", "attendee", "lobby")
async def _(world: World) -> Command:
    return cm.WithdrawInterest(await interested(world))


@_sample("interest.accept", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.AcceptInterest(await interested(world))


@_sample("interest.decline", "staff", "lobby")
async def _(world: World) -> Command:
    return cm.DeclineInterest(await interested(world), cm.DeclineReason.TOO_EARLY)


@_sample("interest.outcome", "attendee", "lobby")
async def _(world: World) -> Command:
    interest = await interested(world)
    await world.do("staff", cm.AcceptInterest(interest), room=world.lobby)
    return cm.RecordOutcome(interest, cm.InterestOutcome.LETTER)


@_sample("schedule.start", "organiser", "lobby")
async def _(world: World) -> Command:
    await open_times(world)
    return sm.StartSchedule()


@_sample("schedule.cancel", "organiser", "lobby")
async def _(world: World) -> Command:
    return sm.CancelSchedule(await started(world))


@_sample("schedule.show", "organiser", "lobby")
async def _(world: World) -> Command:
    return sm.ShowSchedule(await drafted_schedule(world))


@_sample("schedule.publish", "organiser", "lobby")
async def _(world: World) -> Command:
    return sm.PublishSchedule(await shown_schedule(world))


@_sample("schedule.object", "attendee", "lobby")
async def _(world: World) -> Command:
    run = await shown_schedule(world)
    return sm.ObjectToMeeting((await planned_meeting(world, run, "attendee")).id, sm.Objection.TIME)


@_sample("match.settings", "organiser", "lobby")
async def _(world: World) -> Command:
    return mm.SetMatching(open=True, most=6)


@_sample("match.profile", "attendee", "lobby")
async def _(world: World) -> Command:
    await opened(world)
    return mm.SetMatchProfile(found=True, role=mm.MatchRole.COMPANY, sciences=["2.5"], offers=["Membranes"])


@_sample("wish.set", "attendee", "lobby")
async def _(world: World) -> Command:
    await joined(world, "attendee", "other")
    return mm.SetWish(world.people["other"], mm.WishKind.MUST)


@_sample("wish.clear", "attendee", "lobby")
async def _(world: World) -> Command:
    await wished(world, "attendee", "other")
    return mm.ClearWish(world.people["other"])


@_sample("search.save", "attendee", "lobby")
async def _(world: World) -> Command:
    return SaveSearch("Solar in Sweden", {"words": "solar", "country": "SE", "unknown": "x"})


@_sample("search.delete", "attendee", "lobby")
async def _(world: World) -> Command:
    done = await world.do("attendee", SaveSearch("Solar", {"words": "solar"}), room=world.lobby)
    return DeleteSearch(msgspec.json.decode(done.reply, type=SearchSaved).search)


@_sample("meetings.settings", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.SetMeetings(15, 5, 24, 10)


@_sample("meetings.window", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.AddWindow("2026-11-22", "09:00", "12:00")


@_sample("meetings.unwindow", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.RemoveWindow(await open_times(world))


@_sample("spot.create", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.CreateSpot("Table 1", bm.SpotKind.PHYSICAL)


@_sample("spot.edit", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.EditSpot("Table 2", bm.SpotKind.PHYSICAL, spot=await table(world))


@_sample("spot.archive", "organiser", "lobby")
async def _(world: World) -> Command:
    return bm.ArchiveSpot(await table(world))


async def _to_meet(world: World) -> tuple[str, TimeSlot]:
    """A request of the attendee to the other one, and the slot that it proposes."""
    at = await free_slot(world, "attendee", "other")
    for each in await requests_of(world, "attendee"):
        if each.state is bm.RequestState.WAITING and each.mine:
            await world.do("attendee", bm.WithdrawRequest(each.id), room=world.lobby)
    command = bm.RequestMeeting(world.people["other"], [at.starts_at], "About batteries", again=True)
    done = await world.do("attendee", command, room=world.lobby)
    return msgspec.json.decode(done.reply, type=bm.MeetingRequested).request, at


async def _to_change(world: World) -> str:
    """A meeting of the attendee and the other one."""
    return await booked(world, "attendee", "other", at=await free_slot(world, "attendee", "other"))


@_sample("meeting.request", "attendee", "lobby")
async def _(world: World) -> Command:
    at = await free_slot(world, "attendee", "exhibitor")
    return bm.RequestMeeting(world.people["exhibitor"], [at.starts_at], "About batteries", again=True)


@_sample("meeting.accept", "other", "lobby")
async def _(world: World) -> Command:
    request, at = await _to_meet(world)
    return bm.AcceptRequest(request, at.starts_at)


@_sample("meeting.decline", "other", "lobby")
async def _(world: World) -> Command:
    return bm.DeclineRequest((await _to_meet(world))[0], "I leave early")


@_sample("meeting.propose", "other", "lobby")
async def _(world: World) -> Command:
    request, at = await _to_meet(world)
    return bm.ProposeTimes(request, [at.starts_at])


@_sample("meeting.withdraw", "attendee", "lobby")
async def _(world: World) -> Command:
    return bm.WithdrawRequest((await _to_meet(world))[0])


@_sample("meeting.standby", "other", "lobby")
async def _(world: World) -> Command:
    return bm.KeepOnStandby((await _to_meet(world))[0])


@_sample("meeting.take", "attendee", "lobby")
async def _(world: World) -> Command:
    request, at = await _to_meet(world)
    world.clock.advance(seconds=1)
    await world.do("other", bm.KeepOnStandby(request), room=world.lobby)
    return bm.TakeTime(request, at.starts_at)


@_sample("booking.move", "attendee", "lobby")
async def _(world: World) -> Command:
    booking = await _to_change(world)
    return bm.MoveBooking(booking, (await free_slot(world, "attendee", "other")).starts_at)


@_sample("booking.cancel", "attendee", "lobby")
async def _(world: World) -> Command:
    return bm.CancelBooking(await _to_change(world), "I am ill")


@_sample("booking.here", "owner", "lobby")
async def _(world: World) -> Command:
    soon = world.clock() + timedelta(minutes=10)
    return bm.CheckIn(await booked(world, "owner", "staff", at=TimeSlot(soon, soon + timedelta(minutes=20))))


@_sample("booking.join", "attendee", "lobby")
async def _(world: World) -> Command:
    return bm.JoinBooking(await demo(world, at=await free_slot(world, "attendee", "staff")))


@_sample("booking.leave", "attendee", "lobby")
async def _(world: World) -> Command:
    booking = await demo(world, at=await free_slot(world, "attendee", "staff"))
    await world.do("attendee", bm.JoinBooking(booking), room=world.lobby)
    return bm.LeaveBooking(booking)


@_sample("booking.reassign", "staff", "lobby")
async def _(world: World) -> Command:
    at = await free_slot(world, "attendee", "staff", "owner")
    return bm.ReassignBooking(
        await booked(world, "staff", "attendee", at=at), world.people["staff"], world.people["owner"]
    )


@_sample("slots.set", "speaker", "lobby")
async def _(world: World) -> Command:
    return bm.SetAvailable(await open_times(world), [slot(1).starts_at])


@_sample("exhibitor.apply", "attendee", "lobby")
async def _(world: World) -> Command:
    return ApplyToExhibit("Aurora", "Sleep well", hall="Hall 2", tier=2, remark="Near the door, please")


@_sample("application.withdraw", "other", "lobby")
async def _(world: World) -> Command:
    return WithdrawApplication(await _applied(world))


@_sample("application.review", "organiser", "lobby")
async def _(world: World) -> Command:
    return ReviewApplication(await _applied(world))


@_sample("application.accept", "organiser", "lobby")
async def _(world: World) -> Command:
    return AcceptApplication(await _applied(world), "Hall 2", "B7")


@_sample("application.decline", "organiser", "lobby")
async def _(world: World) -> Command:
    return DeclineApplication(await _applied(world), "The halls are full")


@_sample("card.edit", "attendee", "desk")
async def _(world: World) -> Command:
    return contacts.EditCard(phone="+46 8 123", languages=["sv", "en"], audience=contacts.ProfileAudience.EVERYONE)


@_sample("connect.ask", "attendee", "lobby")
async def _(world: World) -> Command:
    return contacts.AskConnection(world.people["speaker"], [contacts.CardField.EMAIL], text="Shall we talk?")


@_sample("connect.agree", "attendee", "desk")
async def _(world: World) -> Command:
    return contacts.AgreeConnection(await ask(world, "owner", "attendee"), [contacts.CardField.EMAIL])


@_sample("connect.decline", "attendee", "desk")
async def _(world: World) -> Command:
    return contacts.DeclineConnection(await ask(world, "moderator", "attendee"))


@_sample("connect.choose", "attendee", "desk")
async def _(world: World) -> Command:
    await ask(world, "attendee", "colleague")
    return contacts.ChooseFields(world.people["colleague"], [contacts.CardField.PHONE])


@_sample("connect.end", "attendee", "desk")
async def _(world: World) -> Command:
    await ask(world, "attendee", "interpreter")
    return contacts.EndConnection(world.people["interpreter"])


@_sample("job.create", "staff", "lobby")
async def _(world: World) -> Command:
    return jobs.CreateJob(**recruitment.JOB, organisation=world.organisation)


@_sample("job.edit", "owner", "lobby")
async def _(world: World) -> Command:
    return jobs.EditJob("Chemist", job=await recruitment.job_shown(world))


@_sample("job.publish", "staff", "lobby")
async def _(world: World) -> Command:
    return jobs.PublishJob(await recruitment.job_draft(world))


@_sample("job.close", "organiser", "lobby")
async def _(world: World) -> Command:
    return jobs.CloseJob(await recruitment.job_shown(world))


@_sample("job.save", "attendee", "lobby")
async def _(world: World) -> Command:
    return jobs.SaveJob(await recruitment.job_shown(world))


@_sample("job.unsave", "attendee", "lobby")
async def _(world: World) -> Command:
    return jobs.UnsaveJob(await recruitment.job_shown(world))


@_sample("candidate.edit", "attendee", "lobby")
async def _(world: World) -> Command:
    return talents.EditProfile(**recruitment.PROFILE, invitable=True)


@_sample("candidate.remove_cv", "attendee", "lobby")
async def _(world: World) -> Command:
    await recruitment.profile_of(world)
    return talents.RemoveCv()


@_sample("candidate.delete", "attendee", "lobby")
async def _(world: World) -> Command:
    await recruitment.applied(world)
    return talents.DeleteProfile()


@_sample("candidate.share", "attendee", "lobby")
async def _(world: World) -> Command:
    await recruitment.job_shown(world)
    await recruitment.profile_of(world)
    return talents.ShareProfile(world.organisation)


@_sample("candidate.unshare", "attendee", "lobby")
async def _(world: World) -> Command:
    await recruitment.applied(world)
    return talents.UnshareProfile(world.organisation)


@_sample("job.invite", "staff", "lobby")
async def _(world: World) -> Command:
    candidate = await recruitment.profile_of(world, invitable=True)
    return talents.InviteCandidate(await recruitment.job_shown(world), candidate, "We liked your talk.")


@_sample("job_invitation.decline", "attendee", "lobby")
async def _(world: World) -> Command:
    return talents.DeclineInvitation(await recruitment.invited(world))


@_sample("job.apply", "attendee", "lobby")
async def _(world: World) -> Command:
    job = await recruitment.job_shown(world)
    await recruitment.profile_of(world)
    return hiring.ApplyForJob(job, "I know your membranes.")


@_sample("job_application.withdraw", "attendee", "lobby")
async def _(world: World) -> Command:
    return hiring.WithdrawJobApplication(await recruitment.applied(world))


@_sample("job_application.move", "staff", "lobby")
async def _(world: World) -> Command:
    return hiring.MoveApplication(await recruitment.applied(world), hiring.JobApplicationState.REVIEW)


@_sample("job_application.shortlist", "staff", "lobby")
async def _(world: World) -> Command:
    return hiring.ShortlistApplication(await recruitment.applied(world), True)


@_sample("job_application.hand_over", "staff", "lobby")
async def _(world: World) -> Command:
    return hiring.HandOverApplication(await recruitment.applied(world), world.people["owner"])


@_sample("candidate_note.save", "staff", "lobby")
async def _(world: World) -> Command:
    await recruitment.applied(world)
    return hiring.SaveCandidateNote(await recruitment.share_of(world), "Calm and precise.", 4, "Invite to Uppsala")


@_sample("interview.wait", "attendee", "booth")
async def _(world: World) -> Command:
    return hiring.WaitForInterview(await recruitment.applied(world))


@_sample("meetup.propose", "attendee", "lobby")
async def _(world: World) -> Command:
    return meetups.ProposeMeetup(**MEETUP)


@_sample("meetup.edit", "attendee", "lobby")
async def _(world: World) -> Command:
    return meetups.EditMeetup(meetup=await proposed_meetup(world), **{**MEETUP, "title": "In the snow"})


@_sample("meetup.approve", "organiser", "lobby")
async def _(world: World) -> Command:
    return meetups.ApproveMeetup(await proposed_meetup(world, "other"), "Good idea")


@_sample("meetup.decline", "organiser", "lobby")
async def _(world: World) -> Command:
    return meetups.DeclineMeetup(await proposed_meetup(world, "speaker"), "Not at this time")


@_sample("meetup.cancel", "speaker", "lobby")
async def _(world: World) -> Command:
    return meetups.CancelMeetup(await proposed_meetup(world, "speaker"), "I am ill")


@_sample("meetup.join", "attendee", "lobby")
async def _(world: World) -> Command:
    return meetups.JoinMeetup(await approved_meetup(world, "colleague", starts_at=START + timedelta(hours=30)))


@_sample("meetup.leave", "attendee", "lobby")
async def _(world: World) -> Command:
    meetup = await approved_meetup(world, "moderator", starts_at=START + timedelta(hours=32))
    await join_meetup(world, meetup, "attendee")
    return meetups.LeaveMeetup(meetup)


@_sample("interview.offer", "staff", "lobby")
async def _(world: World) -> Command:
    return interviews.OfferInterview(await recruitment.applied(world), world.people["staff"])


@_sample("interview.book", "attendee", "lobby")
async def _(world: World) -> Command:
    return interviews.BookInterview(await recruitment.offered(world), slot().starts_at)


@_sample("interview.cancel", "attendee", "lobby")
async def _(world: World) -> Command:
    application = await recruitment.offered(world)
    await world.do("attendee", interviews.BookInterview(application, slot(1).starts_at), room=world.lobby)
    return interviews.CancelInterview(application, "I am ill.")


@_sample("info_session.create", "staff", "lobby")
async def _(world: World) -> Command:
    await recruitment.job_shown(world)
    await recruitment.with_times(world)
    return interviews.CreateInfoSession(world.organisation, "Working with us", slot(2).starts_at, 20, "Ask anything.")


@_sample("info_session.join", "attendee", "lobby")
async def _(world: World) -> Command:
    return interviews.JoinInfoSession(await recruitment.group_session(world, at=3))


@_sample("info_session.leave", "attendee", "lobby")
async def _(world: World) -> Command:
    booking = await recruitment.group_session(world, at=4)
    await world.do("attendee", interviews.JoinInfoSession(booking), room=world.lobby)
    return interviews.LeaveInfoSession(booking)


@_sample("info_session.cancel", "staff", "lobby")
async def _(world: World) -> Command:
    return interviews.CancelInfoSession(await recruitment.group_session(world, at=5))


@_sample("round.create", "organiser", "lobby")
async def _(world: World) -> Command:
    return rounds.CreateRound(**ROUND, starts_at=START + timedelta(hours=40))


@_sample("round.edit", "organiser", "lobby")
async def _(world: World) -> Command:
    return rounds.EditRound(round=await set_up_round(world), **ROUND, starts_at=START + timedelta(hours=41))


@_sample("round.start", "organiser", "lobby")
async def _(world: World) -> Command:
    return rounds.StartRound(await set_up_round(world))


@_sample("round.cancel", "organiser", "lobby")
async def _(world: World) -> Command:
    return rounds.CancelRound(await set_up_round(world))


@_sample("round.enter", "attendee", "lobby")
async def _(world: World) -> Command:
    return rounds.EnterRound(await set_up_round(world))


@_sample("round.leave", "attendee", "lobby")
async def _(world: World) -> Command:
    round = await set_up_round(world)
    await enter_round(world, round, "attendee")
    return rounds.LeaveRound(round)
