"""Reads second looks."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.messages import EntryReview
from rooms.cooperation.peer_reviews.messages import PeerReviewView
from rooms.cooperation.peer_reviews.tables import peer_reviews
from rooms.cooperation.tables import entries
from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.core.text import N_

OVER = N_("This review is over. Thank you for your help.")

r, e, p = peer_reviews.c, entries.c, persons.c
WAITS = e.review == EntryReview.WAITING.value


async def review_row(connection: AsyncConnection, conference: str, review: str) -> Any:
    """All columns. Raises Problem "not_found"."""
    select = sa.select(peer_reviews).join(entries, e.id == r.entry).where(r.id == review, e.conference == conference)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="review")
    return row


async def open_review(connection: AsyncConnection, conference: str, review: str, person: str) -> Any:
    """A person's own review while the organisers have not decided. Raises Problem "not_found"."""
    row = await review_row(connection, conference, review)
    if row.person != person:
        raise Problem("not_found", ABSENT, field="review")
    waits = sa.select(sa.exists().where(e.id == row.entry, WAITS))
    if not (await connection.execute(waits)).scalar_one():
        raise Problem("not_found", OVER, field="review")
    return row


async def views(connection: AsyncConnection, entry: str) -> list[PeerReviewView]:
    """All of an entry, in the order in which they were asked for."""
    select = sa.select(peer_reviews, p.name).join(persons, p.id == r.person).where(r.entry == entry)
    return [_view(row) for row in await connection.execute(select.order_by(r.asked_at, r.id))]


async def for_author(connection: AsyncConnection, entry: str) -> list[PeerReviewView]:
    """Those that an entry's organisation sees, without the names of the reviewers."""
    nobody = PersonView("", "")
    shown = [each for each in await views(connection, entry) if each.for_author and each.advice]
    return [PeerReviewView(each.id, nobody, *_opinion(each)) for each in shown]


def _opinion(each: PeerReviewView) -> tuple[Any, ...]:
    return each.advice, each.text, each.for_author, each.asked_at, each.written_at


def _view(row: Any) -> PeerReviewView:
    return PeerReviewView(
        row.id, PersonView(row.person, row.name), row.advice, row.text, row.for_author, row.asked_at, row.written_at
    )


async def mine(connection: AsyncConnection, conference: str, person: str) -> list[Any]:
    """The reviews that a person has been asked for and has not written, as (id, title of the draft)."""
    select = sa.select(r.id, e.draft["title"].as_string().label("title")).join(entries, e.id == r.entry)
    select = select.where(e.conference == conference, r.person == person, r.advice == "", WAITS)
    return list(await connection.execute(select.order_by(r.asked_at, r.id)))


async def reviews_now(connection: AsyncConnection, entry: str, person: str) -> bool:
    """Whether a person is asked for a second look at an entry that waits for approval."""
    select = sa.select(r.id).join(entries, e.id == r.entry).where(r.entry == entry, r.person == person, WAITS)
    return (await connection.execute(select)).scalar_one_or_none() is not None
