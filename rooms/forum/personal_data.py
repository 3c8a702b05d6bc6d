"""What live sessions keep about a person. The counts of votes and of poll choices belong to the room and stay."""

from typing import Any

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register
from rooms.forum.polls import queries as poll_queries
from rooms.forum.polls.tables import poll_answers, poll_texts, polls
from rooms.forum.tables import questions, votes
from rooms.programme.tables import forums

q = questions.c


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    answered = polls.join(poll_answers, poll_answers.c.poll == polls.c.id)
    acted = sa.or_(*(column == subject.id for column in (q.author, q.answered_by, q.decided_by, q.claimed_by)))
    return [
        sa.select(q.room).where(acted),
        sa.select(polls.c.room).select_from(answered).where(poll_answers.c.person == subject.id),
    ]


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    await _release_questions(tx, subject.id)
    await _erase_poll_texts(tx, subject.id)


async def _release_questions(tx: Transaction, person: str) -> None:
    own = sa.select(q.id).where(q.author == person)
    # What others asked must not vanish with a question into which it was merged.
    freed = sa.case((q.approved_at.is_(None), "pending"), else_="approved")
    await tx.connection.execute(questions.update().where(q.into.in_(own)).values(into=None, state=freed))
    for place in ("screen", "answering"):
        await tx.connection.execute(forums.update().where(forums.c[place].in_(own)).values({place: None}))


async def _erase_poll_texts(tx: Transaction, person: str) -> None:
    said = sa.select(poll_texts.c.poll).where(poll_texts.c.person == person)
    found = (await tx.connection.execute(sa.select(polls.c.room, polls.c.id).where(polls.c.id.in_(said)))).all()
    await tx.connection.execute(poll_texts.delete().where(poll_texts.c.person == person))
    for room, id in found:
        for poll in await poll_queries.polls_of(tx.connection, room, polls.c.id == id):
            tally = await poll_queries.tally(tx.connection, poll)
            await tx.connection.execute(polls.update().where(polls.c.id == poll.id).values(tally=tally))


BLANK: dict[str, Any] = {
    "author_name": NOBODY,
    "text": "",
    "original": None,
    "anonymous": True,
    "state": "withdrawn",
    "into": None,
    "pinned": False,
    "labels": [],
    "reason": "",
    "answer": None,
    "claimed_by": None,
    "claimed_at": None,
    "version": q.version + 1,
}

register(
    "forum",
    PersonalData(
        rows=(
            Rows(
                "questions",
                questions,
                ("id", "room", "text", "original", "anonymous", "state", "asked_at"),
                by="author",
                replace=BLANK,
            ),
            Rows("votes", votes, ("question", "at"), replace={}),
            Rows("poll_answers", poll_answers, ("poll", "choices", "text", "at"), replace={"text": ""}),
            Rows("poll_texts", poll_texts, ("poll", "text")),
        ),
        rooms=_rooms,
        erase=_erase,
    ),
)
