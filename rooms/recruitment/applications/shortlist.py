"""The shortlist of a job as one ZIP archive, written while it is sent: never more than a piece of it is in memory.

Each candidate's share is asked for again just before their files are written, so a withdrawal counts even while the archive is being sent.
"""

import io
import re
import zipfile
from collections.abc import AsyncGenerator
from typing import Any

import sqlalchemy as sa

from rooms.core.csv_export import as_csv
from rooms.core.files.store import PIECE, Store
from rooms.core.store.database import Database
from rooms.core.store.tables import persons
from rooms.recruitment.applications import queries
from rooms.recruitment.tables import candidates, job_applications, jobs, profile_shares

HEADER = ("number", "name", "headline", "degree", "languages", "country", "years", "links", "state", "rating", "applied_at", "cv")  # fmt: skip
NAME_LENGTH = 60

a, c, j, p, s = job_applications.c, candidates.c, jobs.c, persons.c, profile_shares.c


class _Pipe(io.RawIOBase):
    """Takes what the archive writes; `taken` returns it."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._data += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


async def archive(database: Database, store: Store, job: str) -> AsyncGenerator[bytes]:
    """The bytes of the archive. The index comes last, when it is known whose files are in it."""
    pipe = _Pipe()
    index: list[tuple[object, ...]] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as file:  # PDFs are compressed already
        for number, application in enumerate(await _shortlisted(database, job), start=1):
            found = await _candidate(database, application)
            if found is None:
                continue
            row, notes = found
            base = f"{number:03d} {safe_name(row.name)}"
            cv = f"{base}/CV.pdf" if row.cv else ""
            if row.cv:
                try:
                    with file.open(_entry(cv, row.cv_at), "w", force_zip64=True) as entry:
                        async for piece in store.read(row.cv, 0, row.cv_size):
                            entry.write(piece)
                            yield pipe.taken()
                except FileNotFoundError:  # replaced at this moment
                    cv = ""
            file.writestr(_entry(f"{base}/notes.txt", row.changed_at), _text(notes))
            yield pipe.taken()
            rating = [note.rating for note in notes if note.rating]
            average = round(sum(rating) / len(rating), 1) if rating else None
            said = (row.headline, row.degree, " ".join(row.languages), row.country, row.years, " ".join(row.links))
            index.append((number, row.name, *said, row.state, average, row.at, cv))
        file.writestr("index.csv", as_csv(HEADER, index))
    data = pipe.taken()
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


async def _shortlisted(database: Database, job: str) -> list[str]:
    async with database.read() as connection:
        select = sa.select(a.id).where(a.job == job, a.shortlisted).order_by(a.at, a.id)
        return list((await connection.execute(select)).scalars())


async def _candidate(database: Database, application: str) -> tuple[Any, list[Any]] | None:
    """The profile and the notes behind an application, if the candidate still shares them."""
    joined = job_applications.join(jobs, j.id == a.job).join(profile_shares, s.id == a.share)
    joined = joined.join(persons, p.id == a.person)
    joined = joined.join(candidates, sa.and_(c.person == a.person, c.conference == j.conference))
    columns = (a.id, a.share, a.state, a.at, a.changed_at, p.name, candidates)
    shared = sa.and_(a.id == application, a.shortlisted, s.withdrawn_at.is_(None))
    async with database.read() as connection:
        row = (await connection.execute(sa.select(*columns).select_from(joined).where(shared))).one_or_none()
        if row is None:
            return None
        return row, (await queries.notes(connection, [row.share])).get(row.share, [])


def safe_name(name: str) -> str:
    """A name of a person as part of a path: letters, digits, hyphens and spaces alone, so it can lead nowhere else."""
    return re.sub(r"[^\w -]+", "_", name)[:NAME_LENGTH].strip(" _") or "candidate"


def _entry(name: str, at: Any) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))


def _text(notes: list[Any]) -> str:
    parts = [
        f"{note.author.name}, {note.at.isoformat(timespec='minutes')}\n"
        + (f"{'★' * note.rating}\n" if note.rating else "")
        + (f"→ {note.next_step}\n" if note.next_step else "")
        + note.text
        for note in notes
    ]
    return "\n\n".join(parts) or "–"
