"""Personal data in meetings. The invitation itself remains, under a bare id, because the other side also had this meeting."""

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.meetings.bookings.messages import BookingKind, BookingState, RequestState, SeatState
from rooms.meetings.bookings.tables import absences, booking_people, bookings, meeting_requests
from rooms.meetings.meetups.messages import MeetupState
from rooms.meetings.meetups.tables import meetups
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, invited


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    theirs = sa.select(invited.c.meeting).where(invited.c.person == subject.id)
    return [sa.select(rooms.c.id).where(rooms.c.kind == "meeting", rooms.c.subject.in_(theirs))]


async def _cancel(tx: Transaction, subject: DataSubject) -> None:
    """Meetings of two to come are cancelled, so the other person is free again; larger ones take place without the person."""
    b, bp, r = bookings.c, booking_people.c, meeting_requests.c
    theirs = sa.select(bp.booking).where(bp.person == subject.id)
    pair = sa.and_(b.id.in_(theirs), b.kind == BookingKind.MEETING.value)
    words = bookings.update().where(sa.or_(pair, b.host == subject.id))
    await tx.connection.execute(words.values(reason="", text=""))
    ahead = sa.and_(b.id.in_(theirs), b.state == BookingState.BOOKED.value, b.ends_at > tx.now)
    pairs = [BookingKind.MEETING.value, BookingKind.INTERVIEW.value]
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
            Rows("meeting_requests_awaited", meeting_requests, (), by="turn", replace={}),
        ),
        rooms=_rooms,
        erase=_cancel,
        texts={bookings: ("reason", "text")},
    ),
)
