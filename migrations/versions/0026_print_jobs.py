"""what somebody wants printed: jobs, their parts and their files"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
MAKING = sa.text("state = 'making'")


def upgrade() -> None:
    op.create_table(
        "print_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("ended_at", STAMP, nullable=True),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('making', 'done', 'cancelled', 'failed')", name=op.f("ck_print_job_state_known")),
        sa.CheckConstraint("(state = 'making') = (ended_at IS NULL)", name=op.f("ck_print_job_ended_or_making")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_print_job_account_id_account")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_print_job_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    op.create_index("ix_print_job_account", "print_job", ["account_id", "made_at"])
    op.create_index(op.f("ix_print_job_made_at"), "print_job", ["made_at"])
    op.create_index("ix_print_job_making", "print_job", ["made_at"], sqlite_where=MAKING, postgresql_where=MAKING)
    op.create_table(
        "print_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'made', 'left_out')", name=op.f("ck_print_part_state_known")),
        sa.CheckConstraint("state <> 'made' OR file_sha256 IS NOT NULL", name=op.f("ck_print_part_made_has_file")),
        sa.CheckConstraint("state <> 'left_out' OR why <> ''", name=op.f("ck_print_part_left_out_for_a_reason")),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_part_job_id_print_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_part")),
        sa.UniqueConstraint("job_id", "position", name=op.f("uq_print_part_job_id_position")),
    )
    op.create_table(
        "print_file",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["print_job.id"], name=op.f("fk_print_file_job_id_print_job")),
        sa.PrimaryKeyConstraint("job_id", "form", name=op.f("pk_print_file")),
    )


def downgrade() -> None:
    op.drop_table("print_file")
    op.drop_table("print_part")
    op.drop_table("print_job")
