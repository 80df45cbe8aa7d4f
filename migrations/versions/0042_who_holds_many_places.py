"""since when a place is what it is, with its history; hazards are found by who answered"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "premises_status",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed', 'gone')", name=op.f("ck_premises_status_status_known")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_premises_status_premises_id_premises")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_premises_status_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises_status")),
    )
    op.create_index(op.f("ix_premises_status_premises_id"), "premises_status", ["premises_id"])
    op.add_column("premises", sa.Column("status_since", sa.Date(), nullable=True))
    op.create_index(op.f("ix_hazard_party_id"), "hazard", ["party_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_hazard_party_id"), "hazard")
    op.drop_column("premises", "status_since")
    op.drop_table("premises_status")
