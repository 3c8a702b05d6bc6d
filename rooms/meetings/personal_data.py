"""Personal data in meetings. The invitation itself remains, under a bare id, because the other side also had this meeting."""

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.core.store.tables import audit
from rooms.meetings.bookings.messages import BookingKind, BookingState, RequestState, SeatState
from rooms.meetings.bookings.tables import absences, booking_people, bookings, meeting_requests
from rooms.meetings.meetups.messages import MeetupState
from rooms.meetings.meetups.tables import meetups
from rooms.meetings.rounds.tables import round_people, round_talks
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, invited
from rooms.people.tables import notices

COMMENTED = ("meetup.approved", "meetup.declined", "meetup.cancel")


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    theirs = sa.select(invited.c.meeting).where(invited.c.person == subject.id)
    return [sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(theirs))]


async def _cancel(tx: Transaction, subject: DataSubject) -> None:
    """Meetings of two to come are cancelled, so the other person is free again; larger ones take place without the person."""
    b, bp, r = bookings.c, booking_people.c, meeting_requests.c
    theirs = sa.select(bp.booking).where(bp.person == subject.id)
    pairs = [BookingKind.MEETING.value, BookingKind.INTERVIEW.value]
    pair = sa.and_(b.id.in_(theirs), b.kind.in_(pairs))
    words = bookings.update().where(sa.or_(pair, b.host == subject.id))
    await tx.connection.execute(words.values(reason="", text=""))
    await tx.connection.execute(bookings.update().where(b.host == subject.id).values(title=""))
    await _erase_meetups(tx, subject)
    ahead = sa.and_(b.id.in_(theirs), b.state == BookingState.BOOKED.value, b.ends_at > tx.now)
    gone = {"state": BookingState.CANCELLED.value, "sequence": b.sequence + 1, "changed_at": tx.now}
    await tx.connection.execute(bookings.update().where(ahead, b.kind.in_(pairs)).values(gone))
    left = {"state": SeatState.LEFT.value, "at": tx.now}
    ahead_now = sa.select(b.id).where(ahead)
    mine = booking_people.update().where(bp.person == subject.id, bp.booking.in_(ahead_now))
    await tx.connection.execute(mine.values(left))
    cancelled = {"state": MeetupState.CANCELLED.value}
    await tx.connection.execute(meetups.update().where(meetups.c.proposer == subject.id).values(cancelled))
    hosted = sa.and_(ahead, b.kind == BookingKind.MEETUP.value, b.host == subject.id)
    await tx.connection.execute(bookings.update().where(hosted).values(gone))
    waiting = sa.and_(sa.or_(r.asker == subject.id, r.asked == subject.id), r.answered_at.is_(None))
    closed = {"state": RequestState.WITHDRAWN.value, "answered_at": tx.now}
    await tx.connection.execute(meeting_requests.update().where(waiting).values(closed))


async def _erase_meetups(tx: Transaction, subject: DataSubject) -> None:
    """The titles of the person's meet-ups in notifications, and what they have written as an organiser: only the audit log says who did."""
    m, n = meetups.c, notices.c
    titles = sa.select(m.title).where(m.proposer == subject.id)
    for title in (await tx.connection.execute(titles)).scalars().all():
        named = sa.and_(n.kind.startswith("meetup."), n["values"]["title"].as_string() == title)
        for id, values in (await tx.connection.execute(sa.select(n.id, n["values"]).where(named))).all():
            unnamed = {"values": {**values, "title": NOBODY, "place": NOBODY if values.get("place") else ""}}
            await tx.connection.execute(notices.update().where(n.id == id).values(unnamed))
    select = sa.select(audit.c.subject, audit.c.actor).where(audit.c.act.in_(COMMENTED)).order_by(audit.c.number)
    decided = sa.select(audit.c.subject).where(audit.c.actor == subject.id, audit.c.act.in_(COMMENTED))
    last = {row.subject: row.actor for row in await tx.connection.execute(select.where(audit.c.subject.in_(decided)))}
    theirs = [meetup for meetup, actor in last.items() if actor == subject.id]
    await tx.connection.execute(meetups.update().where(m.id.in_(theirs)).values(comment=""))


register(
    "meetings",
    PersonalData(
        rows=(
            Rows("meetings", invited, ("meeting",), replace={}),
            Rows("calls_joined", call_peers, ("meeting", "joined_at", "seen_at")),
            Rows("calls_awaited", call_waits, ("meeting", "since", "seen_at")),
            Rows("calls", call_outcomes, ("meeting", "outcome", "rating", "note", "at")),
            Rows("not_available", absences, ("conference", "starts_at", "ends_at")),
            Rows("bookings", booking_people, ("booking", "role", "state", "at", "checked_in_at"), replace={}),
            Rows(
                "meeting_requests",
                meeting_requests,
                ("conference", "state", "text", "times", "at", "answered_at"),
                by="asker",
                replace={"text": "", "times": []},
            ),
            Rows(
                "meeting_requests_received",
                meeting_requests,
                ("conference", "state", "reason", "at", "answered_at"),
                by="asked",
                replace={"reason": ""},
            ),
            Rows(
                "meetups",
                meetups,
                ("conference", "title", "text", "place", "starts_at", "ends_at", "state", "comment", "proposed_at"),
                by="proposer",
                replace={"title": NOBODY, "text": "", "place": NOBODY, "comment": ""},
            ),
            Rows("rounds", round_people, ("round", "here", "seen_at", "left_over")),
            Rows("round_talks", round_talks, ("round", "number", "meeting", "since", "gone"), replace={"gone": True}),
            Rows("meeting_requests_awaited", meeting_requests, (), by="turn", replace={}),
        ),
        rooms=_rooms,
        erase=_cancel,
        texts={bookings: ("reason", "text")},
    ),
)
