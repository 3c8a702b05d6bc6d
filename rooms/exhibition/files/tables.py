"""The files of booths (logos, brochures and films), their downloads, and consents to be named."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),  # also its name in the store
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(10), nullable=False),  # logo | brochure | film
    sa.Column("ending", sa.String(10), nullable=False),  # by its content, such as "pdf"; "" for a link
    sa.Column("size", sa.Integer, nullable=False, default=0),  # bytes
    sa.Column("digest", sa.String(64), nullable=False, default=""),  # SHA-256 of the served content
    sa.Column("link", sa.String(500), nullable=False, default=""),  # a film on another site; nothing is stored
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …}}
    sa.Column("position", sa.Integer, nullable=False, default=0),
    sa.Column("downloads", sa.Integer, nullable=False, default=0),
    sa.Column("added_by", sa.String(20)),
    sa.Column("added_at", UtcDateTime, nullable=False),
)

file_downloads = sa.Table(
    "file_downloads",  # counts of downloads over time; they identify nobody
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column(
        "file", sa.String(20), primary_key=True
    ),  # remains when the file is removed, because its downloads still count
    sa.Column(
        "quarter", UtcDateTime, primary_key=True
    ),  # the quarter of an hour: hours of every time zone consist of whole ones
    sa.Column("number", sa.Integer, nullable=False),
)

file_consents = sa.Table(
    "file_consents",  # a visitor's answer to the booth's question, and when
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

file_takers = sa.Table(
    "file_takers",  # only people who have consented
    metadata,
    sa.Column("file", sa.String(20), sa.ForeignKey("files.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)
