"""what came of asking about a visit, as somebody at the desk said"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ASKED = ("quick_zones", "quick_taps", "no_exception", "found_since", "other_deep")


def upgrade() -> None:
    op.create_table(
        "visit_question_looked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("resting_on", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_by_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "asked IN (" + ", ".join(f"'{one}'" for one in ASKED) + ")",
            name=op.f("ck_visit_question_looked_asked_known"),
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_visit_question_looked_has_words")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_question_looked_visit_id_visit")),
        sa.ForeignKeyConstraint(
            ["looked_by_person_id"], ["person.id"], name=op.f("fk_visit_question_looked_looked_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_question_looked")),
        sa.UniqueConstraint(
            "visit_id", "asked", "resting_on", name=op.f("uq_visit_question_looked_visit_id_asked_resting_on")
        ),
    )


def downgrade() -> None:
    op.drop_table("visit_question_looked")
