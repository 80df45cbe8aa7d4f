"""what set each date, and the order that prints it; a date moved since an order is its own"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATUS = "status IN ('proposed', 'set', 'ordered', 'revised')"
OLD_STATUS = "status IN ('proposed', 'set', 'ordered')"
# Empty in what was set before it was asked.
CHECKS = {
    "origin_known": (
        "origin IS NULL OR origin IN ('desk', 'appointed', 'hand_over', 'reassigned', 'taken_as_proposed', 'taken',"
        " 'order', 'extension', 'failed', 'late_service', 'service', 'not_shortened', 'unserved', 'holidays')"
    ),
    "printed_by_an_order": "origin IS NULL OR printed = (origin = 'order')",
}


def upgrade() -> None:
    with op.batch_alter_table("hazard_clock") as table:
        table.add_column(sa.Column("origin", sa.Text(), nullable=True))
        table.add_column(sa.Column("document", sa.Text(), nullable=False, server_default=""))
        table.drop_constraint(op.f("ck_hazard_clock_status_known"), type_="check")
        table.create_check_constraint(op.f("ck_hazard_clock_status_known"), STATUS)
        for name, says in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_hazard_clock_{name}"), says)
    with op.batch_alter_table("hazard_clock") as table:
        table.alter_column("document", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hazard_clock") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_hazard_clock_{name}"), type_="check")
        table.drop_constraint(op.f("ck_hazard_clock_status_known"), type_="check")
    # A date moved since an order was kept under the order's own status.
    op.execute("UPDATE hazard_clock SET status = 'ordered' WHERE status = 'revised'")
    with op.batch_alter_table("hazard_clock") as table:
        table.create_check_constraint(op.f("ck_hazard_clock_status_known"), OLD_STATUS)
        table.drop_column("document")
        table.drop_column("origin")
