"""Booked meetings: settings, windows, spots, absences, bookings and requests"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "meeting_settings",
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.Column("lapse_hours", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_meeting_settings_conference")),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_meeting_settings")),
    )
    op.create_table(
        "meeting_windows",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_meeting_windows_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_windows")),
    )
    op.create_index(op.f("ix_meeting_windows_conference"), "meeting_windows", ["conference"], unique=False)
    op.create_table(
        "spots",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("meetings", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_spots_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spots")),
    )
    op.create_index(op.f("ix_spots_conference"), "spots", ["conference"], unique=False)
    op.create_table(
        "absences",
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_absences_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_absences_person")),
        sa.PrimaryKeyConstraint("person", "conference", "starts_at", name=op.f("pk_absences")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("spot", sa.String(length=20), nullable=True),
        sa.Column("meeting", sa.String(length=20), nullable=True),
        sa.Column("host", sa.String(length=20), nullable=True),
        sa.Column("about_kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_bookings_conference")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_bookings_meeting")),
        sa.ForeignKeyConstraint(["spot"], ["spots.id"], name=op.f("fk_bookings_spot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("meeting", name=op.f("uq_bookings_meeting")),
    )
    op.create_index("ix_bookings_about", "bookings", ["about_kind", "about"], unique=False)
    op.create_index("ix_bookings_conference_time", "bookings", ["conference", "starts_at"], unique=False)
    op.create_table(
        "booking_people",
        sa.Column("booking", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_booking_people_booking")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_booking_people_person")),
        sa.PrimaryKeyConstraint("booking", "person", name=op.f("pk_booking_people")),
    )
    op.create_index("ix_booking_people_person", "booking_people", ["person", "state"], unique=False)
    op.create_table(
        "meeting_requests",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("asker", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.String(length=20), nullable=False),
        sa.Column("turn", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("times", JSON, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("about_kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("booking", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked"], ["persons.id"], name=op.f("fk_meeting_requests_asked")),
        sa.ForeignKeyConstraint(["asker"], ["persons.id"], name=op.f("fk_meeting_requests_asker")),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_meeting_requests_booking")),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_meeting_requests_conference")),
        sa.ForeignKeyConstraint(["turn"], ["persons.id"], name=op.f("fk_meeting_requests_turn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_requests")),
    )
    op.create_index(op.f("ix_meeting_requests_asked"), "meeting_requests", ["asked"], unique=False)
    op.create_index("ix_meeting_requests_asker", "meeting_requests", ["asker", "state"], unique=False)
    op.create_index("ix_meeting_requests_lapses", "meeting_requests", ["state", "lapses_at"], unique=False)


def downgrade() -> None:
    for table in (
        "meeting_requests",
        "booking_people",
        "bookings",
        "absences",
        "spots",
        "meeting_windows",
        "meeting_settings",
    ):
        op.drop_table(table)
