"""sightings are found by their visit: handing in and the proof of visits ask for them; what operations build on and was not
taken"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OF_A_VISIT = sa.text("visit_id IS NOT NULL")
REASON = "ck_pending_operation_reason_known"


def upgrade() -> None:
    op.create_index(
        "ix_hazard_sighting_visit",
        "hazard_sighting",
        ["visit_id"],
        sqlite_where=OF_A_VISIT,
        postgresql_where=OF_A_VISIT,
    )
    op.create_table(
        "not_taken",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('refused', 'waiting')", name=op.f("ck_not_taken_outcome_known")),
        sa.PrimaryKeyConstraint("operation_id", name="pk_not_taken"),
    )
    op.create_index("ix_not_taken_subject_id", "not_taken", ["subject_id"])
    _reasons("'rescue', 'right_ended', 'outside'")


def downgrade() -> None:
    op.execute("UPDATE pending_operation SET reason = 'right_ended' WHERE reason = 'outside'")
    _reasons("'rescue', 'right_ended'")
    op.drop_table("not_taken")
    op.drop_index("ix_hazard_sighting_visit", "hazard_sighting")


def _reasons(known: str) -> None:
    with op.batch_alter_table("pending_operation") as table:
        table.drop_constraint(op.f(REASON), type_="check")
        table.create_check_constraint(op.f(REASON), f"reason IN ({known})")
