"""Commands of second looks."""

import sqlalchemy as sa

from rooms.cooperation import queries as cooperation
from rooms.cooperation.messages import EntryReview
from rooms.cooperation.peer_reviews import queries
from rooms.cooperation.peer_reviews.messages import TEXT_LENGTH, AskPeer, CancelPeerReview, WritePeerReview
from rooms.cooperation.peer_reviews.tables import peer_reviews
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.text import N_, clean_text
from rooms.organisations import members
from rooms.people import rules
from rooms.people.blocks import has_blocked
from rooms.people.candidates import NOT_HERE, check_eligible
from rooms.people.desk import notify_all, with_desk, with_desk_from
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
MOST_REVIEWS = 10
"""Second looks at one entry."""

r = peer_reviews.c

with_asker = with_desk_from(r.asked_by, r.id, "review")


@command(AskPeer, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_desk())
async def ask_peer(tx: Transaction, actor: Actor, command: AskPeer) -> None:
    conference = actor.room.subject
    row = await cooperation.entry_row(tx.connection, conference, command.entry)
    if row.review != EntryReview.WAITING.value:
        raise Problem("conflict", N_("This entry does not wait for approval."), field="entry")
    await check_eligible(tx, conference, command.person)
    if await members.role_in(tx.connection, row.organisation, command.person):
        raise Problem("invalid", N_("Members of the organisation cannot review its entries."), field="person")
    if await has_blocked(tx.connection, command.person, [actor.known.id]):
        raise Problem("invalid", NOT_HERE, field="person")  # those who are blocked are not informed
    asked = list((await tx.connection.execute(sa.select(r.person).where(r.entry == row.id))).scalars())
    if command.person in asked:
        raise Problem("conflict", N_("This person has already been asked."), field="person")
    if len(asked) >= MOST_REVIEWS:
        message = N_("At most %(most)s people can review an entry.")
        raise Problem("conflict", message, field="person", values={"most": MOST_REVIEWS})
    review = new_id()
    empty = {"advice": "", "text": "", "for_author": False}
    values = {"id": review, "entry": row.id, "person": command.person, "asked_by": actor.known.id, "asked_at": tx.now}
    await tx.connection.execute(peer_reviews.insert().values(values | empty))
    tx.audit(conference, actor.known.id, "peer_review.ask", row.id, {"person": command.person})
    target = Target("peer_review", conference, review)
    await notify_all(tx, [command.person], "peer_review.new", {"entry": row.draft["title"]}, target)


@command(WritePeerReview, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_asker)
async def write_peer_review(tx: Transaction, actor: Actor, command: WritePeerReview) -> None:
    conference = actor.room.subject
    row = await queries.open_review(tx.connection, conference, command.review, actor.known.id)
    said = {"advice": command.advice.value, "text": clean_text(command.text, TEXT_LENGTH, "text")}
    said |= {"for_author": command.for_author, "written_at": tx.now}
    await tx.connection.execute(peer_reviews.update().where(r.id == row.id).values(said))
    tx.audit(conference, actor.known.id, "peer_review.write", row.entry, {"advice": command.advice.value})
    entry = await cooperation.entry_row(tx.connection, conference, row.entry)
    asked = sa.select(r.asked_by).where(
        r.id == row.id, r.asked_by.is_not(None), not_removed(r.asked_by, conference, tx.now)
    )
    people = (await tx.connection.execute(asked)).scalars().all()
    target = Target("entry", conference, row.entry)
    await notify_all(tx, people, "peer_review.written", {"entry": entry.draft["title"]}, target)


@command(CancelPeerReview, kinds=LOBBY, allowed=rules.organises)
async def cancel_peer_review(tx: Transaction, actor: Actor, command: CancelPeerReview) -> None:
    row = await queries.review_row(tx.connection, actor.room.subject, command.review)
    await tx.connection.execute(peer_reviews.delete().where(r.id == row.id))
    tx.audit(actor.room.subject, actor.known.id, "peer_review.cancel", row.entry, {"person": row.person})
