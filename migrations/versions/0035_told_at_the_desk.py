"""hazards that the desk was told of: who told it, the 12345 work order once, the caller beside the chain; what became of an urgent
call says so as its source"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

AT_THE_DESK = "source IN ('telephone', 'hotline', 'street', 'audit', 'media')"


def upgrade() -> None:
    op.create_table(
        "hazard_origin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("work_order", sa.Text(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("caller_phone", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(AT_THE_DESK, name=op.f("ck_hazard_origin_source_known")),
        sa.CheckConstraint(
            "(work_order IS NOT NULL) = (source = 'hotline')",
            name=op.f("ck_hazard_origin_hotline_has_its_work_order"),
        ),
        sa.CheckConstraint("part >= 1", name=op.f("ck_hazard_origin_part_positive")),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_origin_hazard_id_hazard")),
        sa.ForeignKeyConstraint(
            ["noted_by_person_id"], ["person.id"], name=op.f("fk_hazard_origin_noted_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_origin")),
        sa.UniqueConstraint("work_order", "part", name=op.f("uq_hazard_origin_work_order_part")),
    )
    op.create_index(op.f("ix_hazard_origin_hazard_id"), "hazard_origin", ["hazard_id"])
    # Since 0032 what came of an urgent call was written down as found on a visit, though it has none.
    op.execute("UPDATE hazard SET source = 'urgent' WHERE source = 'visit' AND visit_id IS NULL")


def downgrade() -> None:
    op.drop_table("hazard_origin")
