"""The files of booths: logos, brochures and films"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.add_column(sa.Column("logo", sa.String(length=80), nullable=False, server_default=""))

    op.create_table(
        "files",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ending", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(length=20), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_files_booth")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_booth"), ["booth"], unique=False)

    op.create_table(
        "file_consents",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_file_consents_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_file_consents_person")),
        sa.PrimaryKeyConstraint("booth", "person", name=op.f("pk_file_consents")),
    )
    op.create_table(
        "file_takers",
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["files.id"], name=op.f("fk_file_takers_file")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_file_takers_person")),
        sa.PrimaryKeyConstraint("file", "person", name=op.f("pk_file_takers")),
    )


def downgrade() -> None:
    op.drop_table("file_takers")
    op.drop_table("file_consents")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_booth"))

    op.drop_table("files")
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.drop_column("logo")
