"""Receives CVs. Each upload replaces the one before; the old file is deleted once nobody can be reading it (rooms/core/files/intake.py)."""

from collections.abc import AsyncIterator

from rooms.core.commands.access import resolve
from rooms.core.files.inspection import Content
from rooms.core.files.intake import MEGABYTE, Intake, keeps_files
from rooms.recruitment.candidates.profile import required_candidate
from rooms.recruitment.rules import has_account
from rooms.recruitment.tables import candidates

CV_LIMIT = 10 * MEGABYTE

c = candidates.c
keeps_files(c.cv)


async def take_cv(intake: Intake, person: str, lobby: str, pieces: AsyncIterator[bytes]) -> str:
    """Stores the CV of a person; returns its id. Raises Problem "conflict" without a profile, and the problems of Intake.receive."""
    engine = intake.engine
    actor = await engine.actor(person, lobby)
    has_account(actor)  # before any work; checked again when the room is locked
    async with engine.database.read() as connection:
        await required_candidate(connection, actor)
    async with intake.receive(person, Content.CV, CV_LIMIT, pieces) as stored, engine.transaction([lobby]) as tx:
        actor = await resolve(tx.connection, person, tx.rooms[lobby], tx.now)
        has_account(actor)
        held = await required_candidate(tx.connection, actor)
        values = {"cv": stored.id, "cv_size": stored.size, "cv_digest": stored.digest, "cv_at": tx.now}
        await tx.connection.execute(candidates.update().where(c.id == held.id).values(**values, updated_at=tx.now))
    return stored.id
