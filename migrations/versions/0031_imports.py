"""registers that come as a workbook: imports and their rows"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
AT_WORK = sa.text("state IN ('checking', 'confirmed', 'reading')")
STATES = "state IN ('reading', 'checking', 'faulty', 'ready', 'confirmed', 'done', 'cancelled', 'failed')"
VERDICTS = "verdict = '' OR verdict IN ('added', 'changed', 'same', 'asked', 'faulty')"


def upgrade() -> None:
    op.create_table(
        "import_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("ended_at", STAMP, nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "checked", "attempts")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("added", "changed", "same", "asked", "faulty")),
        sa.Column("overtaken", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("slips_at", STAMP, nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_import_job_state_known")),
        sa.CheckConstraint(
            "(state IN ('done', 'cancelled', 'failed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_import_job_ended_at_its_end"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_import_job_account_id_account")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_import_job_term_id_term")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_job_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_index(op.f("ix_import_job_account_id"), "import_job", ["account_id"])
    op.create_index("ix_import_job_kind", "import_job", ["kind", "made_at"])
    op.create_index("ix_import_job_at_work", "import_job", ["made_at"], sqlite_where=AT_WORK, postgresql_where=AT_WORK)
    _create_rows()


def _create_rows() -> None:
    op.create_table(
        "import_row",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("stood", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("doubles", sa.JSON(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("chosen_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(VERDICTS, name=op.f("ck_import_row_verdict_known")),
        sa.CheckConstraint("choice = '' OR choice IN ('same', 'another')", name=op.f("ck_import_row_choice_known")),
        sa.CheckConstraint("(choice = 'same') = (chosen_id IS NOT NULL)", name=op.f("ck_import_row_same_as_one")),
        sa.ForeignKeyConstraint(["job_id"], ["import_job.id"], name=op.f("fk_import_row_job_id_import_job")),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_verdict", "import_row", ["job_id", "verdict", "number"])
    op.create_index("ix_import_row_key", "import_row", ["job_id", "key"])


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_job")
