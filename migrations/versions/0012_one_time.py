"""by which day the items of a list were chosen, recorded as a visit begins; which day a phone showed as it was signed"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Until now a visit began when its phone's own clock said so, and by that day its items were chosen.
_DAY = {
    "sqlite": "date(visit.started_at, '+8 hours')",
    "postgresql": "(visit.started_at AT TIME ZONE 'Asia/Shanghai')::date",
}


def upgrade() -> None:
    op.add_column("signature", sa.Column("shown_on", sa.Date(), nullable=True))
    op.add_column("visit_checklist", sa.Column("asked_on", sa.Date(), nullable=True))
    day = _DAY[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE visit_checklist SET asked_on = (SELECT {day} FROM visit WHERE visit.id = visit_checklist.visit_id)"
    )
    with op.batch_alter_table("visit_checklist") as batch:
        batch.alter_column("asked_on", existing_type=sa.Date(), nullable=False)


def downgrade() -> None:
    op.drop_column("visit_checklist", "asked_on")
    op.drop_column("signature", "shown_on")
