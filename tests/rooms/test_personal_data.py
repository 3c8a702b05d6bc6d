"""Whatever the tables keep about a person belongs to the personal data of some slice: a new column must be claimed, or be listed here with a reason."""

import sqlalchemy as sa

from rooms import slices
from rooms.core import personal_data
from rooms.core.personal_data import REGISTERED, Rows
from rooms.core.store.database import metadata

NOT_PEOPLE = {
    # Ids of other things, by the column's name.
    "id", "room", "subject", "conference", "session", "meeting", "message", "booth", "hall", "track", "file", "poll", "question", "lead", "link", "peer",
    "into", "organisation", "round", "cv", "screen", "screen_poll", "answering", "epoch", "calendar_key", "speaker",
    # Short words with a meaning fixed by the program.
    "kind", "purpose", "reason", "number", "version",
}  # fmt: skip
CONTENT = "published by the conference or an exhibitor, without an author on record"
FIXED = "a value that the program makes or chooses from a list"
EXCEPTIONS = {
    "conferences.title": CONTENT,
    "conferences.tagline": CONTENT,
    "conferences.description": CONTENT,
    "conferences.texts": CONTENT,
    "conferences.slug": CONTENT,
    "conferences.zone": FIXED,
    "tracks.name": CONTENT,
    "tracks.texts": CONTENT,
    "halls.name": CONTENT,
    "halls.description": CONTENT,
    "halls.external_id": CONTENT,
    "sessions.title": CONTENT,
    "sessions.subtitle": CONTENT,
    "sessions.abstract": CONTENT,
    "sessions.description": CONTENT,
    "sessions.texts": CONTENT,
    "sessions.kind": CONTENT,
    "sessions.language": FIXED,
    "sessions.place": CONTENT,
    "sessions.links": CONTENT,
    "sessions.source": CONTENT,
    "sessions.external_id": CONTENT,
    "speakers.name": "the programme names its speakers, with or without an account; the organisers change it",
    "speakers.affiliation": "as the speaker's name",
    "speakers.biography": "as the speaker's name",
    "speakers.texts": "as the speaker's name",
    "speakers.source": "as the speaker's name",
    "speakers.external_id": "as the speaker's name",
    "forums.stage": CONTENT,
    "forums.before_end": FIXED,
    "polls.title": CONTENT,
    "polls.options": CONTENT,
    "exhibition_halls.name": CONTENT,
    "exhibition_halls.texts": CONTENT,
    "match_runs.failure": FIXED,
    "match_runs.figures": FIXED,
    "match_runs.notified": "how far a list of ids has been notified; empty when everyone has been",
    "organisations.name": CONTENT,
    "organisations.key": CONTENT,
    "organisations.about": CONTENT,
    "organisations.texts": CONTENT,
    "organisations.website": CONTENT,
    "organisations.logo": FIXED,
    "organisations.country": FIXED,
    "organisations.fields": CONTENT,
    "organisations.searched": CONTENT,
    "organisations.external_id": CONTENT,
    "entries.external_id": CONTENT,
    "jobs.external_id": CONTENT,
    "entry_types.name": CONTENT,
    "entry_types.texts": CONTENT,
    "entry_types.fields": CONTENT,
    "entries.title": "published by an organisation, whose members change it; the author is forgotten",
    "entries.about": "as the title",
    "entries.texts": "as the title",
    "entries.values": "as the title",
    "entries.draft": "as the title",
    "entries.roles": "as the title",
    "entries.country": FIXED,
    "job_facets.key": FIXED,
    "job_facets.value": FIXED,
    "candidate_facets.key": FIXED,
    "candidate_facets.value": "from lists; the rows of an erased candidate are deleted",
    "entry_facets.key": FIXED,
    "entry_facets.value": "as the entry's title",
    "spots.name": CONTENT,
    "spots.kind": FIXED,
    "meetups.language": FIXED,
    "rounds.title": CONTENT,
    "rounds.text": CONTENT,
    "bookings.title": "named after an entry, a booth or a session, or empty; it belongs to everyone in the booking",
    "bookings.host": "an id, left bare as in booking_people",
    "bookings.about": "an id",
    "meeting_requests.about": "an id",
    "entry_files.field": FIXED,
    "entry_files.title": "as the entry's title",
    "entry_files.ending": FIXED,
    "entry_files.digest": FIXED,
    "jobs.title": "published by an organisation, whose members change it; the author is forgotten",
    "jobs.about": "as the title",
    "jobs.texts": "as the title",
    "jobs.place": "as the title",
    "jobs.questions": "as the title",
    "jobs.sciences": FIXED,
    "jobs.languages": FIXED,
    "booths.name": CONTENT,
    "booths.tagline": CONTENT,
    "booths.about": CONTENT,
    "booths.texts": CONTENT,
    "booths.website": CONTENT,
    "booths.logo": FIXED,
    "booths.field": CONTENT,
    "booths.languages": FIXED,
    "booths.spoken": FIXED,
    "booths.searched": CONTENT,
    "booths.draft": CONTENT,
    "booths.external_id": CONTENT,
    "files.digest": FIXED,
    "files.link": CONTENT,
    "files.title": CONTENT,
    "files.texts": CONTENT,
    "booth_visits.visitor": "a hash with the day's salt, which is forgotten",
    "visit_salts.salt": FIXED,
    "guest_restraints.browser": "a keyed hash, forgotten after 30 days (docs/decisions/0017-removed-guests-stay-out.md)",
    "guest_restraints.network": "the same",
    "invites.digest": FIXED,
    "poll_answers.choices": "the numbers of the options that were chosen; the count belongs to the room",
    "audit.act": FIXED,
    "audit.subject": "an id",
    "audit.details": "ids and values from lists alone (docs/decisions/0015-what-an-erasure-leaves.md)",
    "audit.previous": FIXED,
    "audit.digest": FIXED,
    "audit_heads.digest": FIXED,
    "journal.type": FIXED,
    "journal.payload": "the journals of all rooms that name an erased person are emptied (journal.forget)",
    "journal.person": "the same",
}

ROWS = [rows for data in REGISTERED.values() for rows in data.rows]


def _people(column: "sa.Column[object]") -> bool:
    """Whether a column can hold a person's id."""
    targets = {key.column.table.name for key in column.foreign_keys}
    if targets:
        return "persons" in targets
    length = getattr(column.type, "length", None)
    return isinstance(column.type, sa.String) and length in {20, 60} and column.name not in NOT_PEOPLE


def _is_text(column: "sa.Column[object]") -> bool:
    """Whether a column can hold words that somebody chose."""
    if column.foreign_keys:
        return False
    if isinstance(column.type, sa.String):
        return column.type.length is None or column.type.length > 20
    return isinstance(column.type, sa.JSON | sa.LargeBinary)


def _clears(rows: Rows, column: "sa.Column[object]") -> bool:
    return rows.table is column.table and (rows.replace is None or column.name in rows.replace)


def _is_claimed(column: "sa.Column[object]") -> bool:
    cleared = any(_clears(rows, column) for rows in ROWS)
    return cleared or any(column.name in data.texts.get(column.table, ()) for data in REGISTERED.values())


def _name(column: "sa.Column[object]") -> str:
    return f"{column.table.name}.{column.name}"


def test_each_slice_has_personal_data_or_nothing_of_people() -> None:
    assert set(REGISTERED) <= set(slices.SLICES)
    assert list(REGISTERED) == [name for name in slices.SLICES if name in REGISTERED]


def test_every_column_that_points_to_a_person_is_claimed() -> None:
    pointing = {_name(c) for t in metadata.sorted_tables for c in t.columns if _people(c) and not _is_text(c)}
    assert {"questions.author", "roles.granted_by", "contacts.owner", "notices.about"} <= pointing
    claimed = {f"{rows.table.name}.{rows.by}" for rows in ROWS}
    assert pointing - claimed - EXCEPTIONS.keys() == set()


def test_every_column_with_words_of_people_is_claimed() -> None:
    texts = [c for t in metadata.sorted_tables for c in t.columns if _is_text(c)]
    unclaimed = {_name(c) for c in texts if not _is_claimed(c)}
    assert unclaimed - EXCEPTIONS.keys() == set()


def test_no_exception_is_out_of_date() -> None:
    columns = {_name(c): c for t in metadata.sorted_tables for c in t.columns}
    assert EXCEPTIONS.keys() <= columns.keys()
    assert {name for name in EXCEPTIONS if _is_claimed(columns[name])} == set()


def test_names_in_the_export_are_unique() -> None:
    names = [rows.name for rows in ROWS if rows.columns]
    assert len(names) == len(set(names))
    assert personal_data.NOBODY == "—"
