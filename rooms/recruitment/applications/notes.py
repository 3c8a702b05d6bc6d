"""Notes of the employer's staff about candidates: each colleague has one, and all colleagues read all of them."""

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, optional_line, optional_text
from rooms.people import rules
from rooms.recruitment.applications.messages import (
    NEXT_LENGTH,
    NOTE_LENGTH,
    CandidateNoteView,
    NoteSaved,
    SaveCandidateNote,
)
from rooms.recruitment.candidates.queries import active_share
from rooms.recruitment.jobs.editing import LOBBY
from rooms.recruitment.rules import check_insider
from rooms.recruitment.tables import candidate_notes

n = candidate_notes.c


@command(SaveCandidateNote, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(120, 60))
async def save_note(tx: Transaction, actor: Actor, command: SaveCandidateNote) -> NoteSaved:
    share = await active_share(tx.connection, actor.room.subject, command.share)
    await check_insider(tx.connection, actor, share.organisation, "share")
    said = {
        "text": optional_text(command.text, NOTE_LENGTH, "text"),
        "rating": command.rating,
        "next_step": optional_line(command.next_step, NEXT_LENGTH, "next_step"),
        "version": command.version + 1,
        "at": tx.now,
    }
    mine = sa.and_(n.share == share.id, n.author == actor.known.id)
    held = (await tx.connection.execute(sa.select(candidate_notes).where(mine))).one_or_none()
    if (held.version if held is not None else 0) != command.version:
        present = None
        if held is not None:
            me = PersonView(actor.known.id, actor.known.name)
            present = CandidateNoteView(held.id, me, held.text, held.rating, held.next_step, held.version, held.at)
        message = N_("This note was changed in another window. Copy what you need, then save again.")
        raise Problem("stale", message, field="text", present=present)
    if held is None:
        values = {"id": new_id(), "share": share.id, "author": actor.known.id, **said}
        await tx.connection.execute(candidate_notes.insert().values(values))
    else:
        await tx.connection.execute(candidate_notes.update().where(n.id == held.id).values(said))
    return NoteSaved(command.version + 1)
