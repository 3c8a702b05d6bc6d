"""Recruitment: jobs, candidates, what they share, applications, notes and invitations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from rooms.core.store.full_text import create_index

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "candidates",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("links", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("degree", sa.String(length=10), nullable=False),
        sa.Column("sciences", JSON, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("permits", JSON, nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("invitable", sa.Boolean(), nullable=False),
        sa.Column("cv", sa.String(length=20), nullable=True),
        sa.Column("cv_size", sa.Integer(), nullable=False),
        sa.Column("cv_digest", sa.String(length=64), nullable=False),
        sa.Column("cv_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_candidates_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_candidates_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("conference", "person", name=op.f("uq_candidates_conference_person")),
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidates_person"), ["person"], unique=False)

    op.create_table(
        "candidate_facets",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["candidates.id"], name=op.f("fk_candidate_facets_subject")),
        sa.PrimaryKeyConstraint("subject", "key", "value", name=op.f("pk_candidate_facets")),
    )
    with op.batch_alter_table("candidate_facets", schema=None) as batch_op:
        batch_op.create_index("ix_candidate_facets_key_value", ["key", "value"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("workplace", sa.String(length=10), nullable=False),
        sa.Column("contract", sa.String(length=12), nullable=False),
        sa.Column("sciences", JSON, nullable=False),
        sa.Column("visa", sa.Boolean(), nullable=False),
        sa.Column("degree", sa.String(length=10), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("permit", sa.Boolean(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author"], ["persons.id"], name=op.f("fk_jobs_author")),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_jobs_conference")),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=op.f("fk_jobs_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_conference_state", ["conference", "state", "published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_organisation"), ["organisation"], unique=False)

    op.create_table(
        "profile_shares",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("explicit", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=op.f("fk_profile_shares_organisation")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_profile_shares_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_shares")),
        sa.UniqueConstraint("organisation", "person", name=op.f("uq_profile_shares_organisation_person")),
    )
    with op.batch_alter_table("profile_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_shares_person"), ["person"], unique=False)

    op.create_table(
        "candidate_notes",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("share", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("next_step", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["persons.id"], name=op.f("fk_candidate_notes_author")),
        sa.ForeignKeyConstraint(["share"], ["profile_shares.id"], name=op.f("fk_candidate_notes_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_notes")),
        sa.UniqueConstraint("share", "author", name=op.f("uq_candidate_notes_share_author")),
    )
    with op.batch_alter_table("candidate_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_notes_author"), ["author"], unique=False)

    op.create_table(
        "job_applications",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("share", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=True),
        sa.Column("shortlisted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_job_applications_job")),
        sa.ForeignKeyConstraint(["owner"], ["persons.id"], name=op.f("fk_job_applications_owner")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_job_applications_person")),
        sa.ForeignKeyConstraint(["share"], ["profile_shares.id"], name=op.f("fk_job_applications_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_applications")),
        sa.UniqueConstraint("job", "person", name=op.f("uq_job_applications_job_person")),
    )
    with op.batch_alter_table("job_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_applications_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_applications_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_applications_share"), ["share"], unique=False)

    op.create_table(
        "job_facets",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["jobs.id"], name=op.f("fk_job_facets_subject")),
        sa.PrimaryKeyConstraint("subject", "key", "value", name=op.f("pk_job_facets")),
    )
    with op.batch_alter_table("job_facets", schema=None) as batch_op:
        batch_op.create_index("ix_job_facets_key_value", ["key", "value"], unique=False)

    op.create_table(
        "job_invitations",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["persons.id"], name=op.f("fk_job_invitations_by")),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_job_invitations_job")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_job_invitations_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_invitations")),
        sa.UniqueConstraint("job", "person", name=op.f("uq_job_invitations_job_person")),
    )
    with op.batch_alter_table("job_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_invitations_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_invitations_person"), ["person"], unique=False)

    op.create_table(
        "saved_jobs",
        sa.Column("job", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name=op.f("fk_saved_jobs_job")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_saved_jobs_person")),
        sa.PrimaryKeyConstraint("job", "person", name=op.f("pk_saved_jobs")),
    )
    with op.batch_alter_table("saved_jobs", schema=None) as batch_op:
        batch_op.create_index("ix_saved_jobs_person", ["person"], unique=False)

    op.create_table(
        "application_steps",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("application", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application"], ["job_applications.id"], name=op.f("fk_application_steps_application")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_application_steps_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
    )
    with op.batch_alter_table("application_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_steps_application"), ["application"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_steps_person"), ["person"], unique=False)

    op.create_table(
        "queued_applications",
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("application", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["application"], ["job_applications.id"], name=op.f("fk_queued_applications_application")
        ),
        sa.ForeignKeyConstraint(["place"], ["queue_places.id"], name=op.f("fk_queued_applications_place")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_queued_applications")),
    )
    with op.batch_alter_table("queued_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queued_applications_application"), ["application"], unique=False)
    create_index(op.get_bind(), "job_terms")
    create_index(op.get_bind(), "candidate_terms")


def downgrade() -> None:
    for table in (
        "candidate_terms",
        "job_terms",
        "queued_applications",
        "application_steps",
        "saved_jobs",
        "job_invitations",
        "job_facets",
        "job_applications",
        "candidate_notes",
        "profile_shares",
        "jobs",
        "candidate_facets",
        "candidates",
    ):
        op.drop_table(table)
