"""The files of booths: logos, brochures and films; when they were taken, and who lets the staff know what he took."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),  # its name in the store too
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(10), nullable=False),  # logo | brochure | film
    sa.Column("ending", sa.String(10), nullable=False),  # as its content has it: "pdf"; of a link ""
    sa.Column("size", sa.Integer, nullable=False, default=0),  # bytes
    sa.Column("digest", sa.String(64), nullable=False, default=""),  # SHA-256 of what is served
    sa.Column("link", sa.String(500), nullable=False, default=""),  # of a film that plays elsewhere; nothing is stored
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …}}
    sa.Column("position", sa.Integer, nullable=False, default=0),
    sa.Column("downloads", sa.Integer, nullable=False, default=0),
    sa.Column("added_by", sa.String(20)),
    sa.Column("added_at", UtcDateTime, nullable=False),
)

file_downloads = sa.Table(
    "file_downloads",  # how often a brochure was taken, and when; nobody can be found again by it
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("file", sa.String(20), primary_key=True),  # stays when the file is removed: what was taken was taken
    sa.Column(
        "quarter", UtcDateTime, primary_key=True
    ),  # the quarter of an hour: every zone's hours are made of whole ones
    sa.Column("number", sa.Integer, nullable=False),
)

file_consents = sa.Table(
    "file_consents",  # what a visitor has answered when a booth asked him, and when
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

file_takers = sa.Table(
    "file_takers",  # of those who have consented alone
    metadata,
    sa.Column("file", sa.String(20), sa.ForeignKey("files.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
