"""Exhibitors become organisations with booths"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from rooms.core.ids import new_id
from rooms.core.search import fold
from rooms.core.store.database import UtcDateTime
from rooms.organisations.names import key_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("logo", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_organisations_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index("ix_organisations_conference_key", "organisations", ["conference", "key"])
    op.create_table(
        "organisation_members",
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_organisation_members_organisation")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_organisation_members_person")),
        sa.PrimaryKeyConstraint("organisation", "person", name=op.f("pk_organisation_members")),
    )
    op.create_index("ix_organisation_members_person", "organisation_members", ["person"])
    # Without a foreign key: SQLite would have to make the table again, and other tables refer to it.
    op.add_column("booths", sa.Column("organisation", sa.String(length=20), nullable=True))
    op.create_index("ix_booths_organisation", "booths", ["organisation"])
    _fill()


def _fill() -> None:
    """One organisation for all booths of a conference with the same name, with their staff as its members."""

    def table(name: str, *further: "sa.ColumnClause[Any]") -> sa.TableClause:
        names = ("id", "conference", "name", "about", "website", "logo", "country")
        shared: list[sa.ColumnClause[Any]] = [sa.column(each) for each in names]
        return sa.table(name, *shared, sa.column("texts", JSON), *further)

    booths = table("booths", sa.column("field"), sa.column("organisation"))
    organisations = table("organisations", sa.column("key"), sa.column("searched"), sa.column("fields", JSON))
    connection = op.get_bind()
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for row in connection.execute(sa.select(booths).order_by(booths.c.id)).mappings().all():
        key = (row["conference"], key_of(row["name"]))
        organisation = made.setdefault(key, {"id": new_id(), "key": key[1], "texts": {}, "fields": []})
        for name in ("conference", "name", "about", "website", "logo", "country"):
            organisation[name] = organisation.get(name) or row[name]
        for locale, texts in row["texts"].items():
            kept = {name: text for name, text in texts.items() if name in {"name", "about"}}
            organisation["texts"][locale] = {**kept, **organisation["texts"].get(locale, {})}
        if row["field"] and row["field"] not in organisation["fields"]:
            organisation["fields"].append(row["field"])
    for organisation in made.values():
        translated = [text for texts in organisation["texts"].values() for text in texts.values()]
        words = [organisation["name"], organisation["about"], *organisation["fields"], *translated]
        organisation["searched"] = fold(" ".join(words))
    if made:
        connection.execute(organisations.insert(), list(made.values()))
    for row in connection.execute(sa.select(booths.c.id, booths.c.conference, booths.c.name)).all():
        organisation = made[row.conference, key_of(row.name)]["id"]
        connection.execute(booths.update().where(booths.c.id == row.id).values(organisation=organisation))
    _fill_members(connection)


def _fill_members(connection: sa.Connection) -> None:
    staff = connection.execute(
        sa.text(
            "SELECT booths.organisation, booth_staff.person, booth_staff.duty, booth_staff.added_at"
            " FROM booth_staff JOIN booths ON booths.id = booth_staff.booth ORDER BY booth_staff.added_at"
        ).columns(added_at=UtcDateTime())
    )
    members: dict[tuple[str, str], dict[str, Any]] = {}
    for row in staff.mappings().all():
        role = "owner" if row["duty"] == "owner" else "member"
        new = {"organisation": row["organisation"], "person": row["person"], "role": role, "added_at": row["added_at"]}
        member = members.setdefault((row["organisation"], row["person"]), new)
        if role == "owner":
            member["role"] = role
    table = sa.table(
        "organisation_members",
        sa.column("organisation"),
        sa.column("person"),
        sa.column("role"),
        sa.column("added_at", UtcDateTime),
    )
    if members:
        connection.execute(table.insert(), list(members.values()))


def downgrade() -> None:
    op.drop_index("ix_booths_organisation", "booths")
    op.drop_column("booths", "organisation")
    op.drop_table("organisation_members")
    op.drop_table("organisations")
