"""The tables of the exhibition"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "exhibition_halls",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_exhibition_halls_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibition_halls")),
        sa.UniqueConstraint("conference", "name", name=op.f("uq_exhibition_halls_conference_name")),
    )
    with op.batch_alter_table("exhibition_halls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exhibition_halls_conference"), ["conference"], unique=False)

    op.create_table(
        "booths",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("hall", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tagline", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("spoken", sa.String(length=200), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("draft", JSON, nullable=True),
        sa.Column("review", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("service_seconds", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("staff_here", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_booths_conference")),
        sa.ForeignKeyConstraint(["hall"], ["exhibition_halls.id"], name=op.f("fk_booths_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booths")),
    )
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.create_index("ix_booths_directory", ["conference", "open", "tier"], unique=False)
        batch_op.create_index(batch_op.f("ix_booths_hall"), ["hall"], unique=False)

    op.create_table(
        "booth_staff",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("duty", sa.String(length=10), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_booth_staff_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_booth_staff_person")),
        sa.PrimaryKeyConstraint("booth", "person", name=op.f("pk_booth_staff")),
    )
    with op.batch_alter_table("booth_staff", schema=None) as batch_op:
        batch_op.create_index("ix_booth_staff_person", ["person"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_contacts_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_contacts_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_booth", ["booth", "state"], unique=False)

    op.create_table(
        "meetings",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_meetings_booth")),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_meetings_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_table(
        "queue_places",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_by", sa.String(length=20), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_queue_places_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_queue_places_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_places")),
    )
    with op.batch_alter_table("queue_places", schema=None) as batch_op:
        batch_op.create_index("ix_queue_places_booth", ["booth", "state", "rank"], unique=False)
        batch_op.create_index("ix_queue_places_person", ["person", "state"], unique=False)

    op.create_table(
        "invited",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_invited_meeting")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_invited_person")),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_invited")),
    )


def downgrade() -> None:
    op.drop_table("invited")
    with op.batch_alter_table("queue_places", schema=None) as batch_op:
        batch_op.drop_index("ix_queue_places_person")
        batch_op.drop_index("ix_queue_places_booth")

    op.drop_table("queue_places")
    op.drop_table("meetings")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_contacts_booth")

    op.drop_table("contacts")
    with op.batch_alter_table("booth_staff", schema=None) as batch_op:
        batch_op.drop_index("ix_booth_staff_person")

    op.drop_table("booth_staff")
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booths_hall"))
        batch_op.drop_index("ix_booths_directory")

    op.drop_table("booths")
    with op.batch_alter_table("exhibition_halls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exhibition_halls_conference"))

    op.drop_table("exhibition_halls")
