"""papers as they would be, drawn before they have a number"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "paper_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("hazards", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("lacking", sa.JSON(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("undrawable", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'drawn', 'failed')", name=op.f("ck_paper_proof_state_known")),
        sa.CheckConstraint(
            "state <> 'drawn' OR (file_sha256 IS NOT NULL AND pages IS NOT NULL)",
            name=op.f("ck_paper_proof_drawn_has_file"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_paper_proof_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_proof_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_paper_proof_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_proof")),
    )
    op.create_index(op.f("ix_paper_proof_made_at"), "paper_proof", ["made_at"])
    op.create_index(
        "ix_paper_proof_waiting", "paper_proof", ["made_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def downgrade() -> None:
    op.drop_table("paper_proof")
