"""piles of 今日 by danger: each is walked in its order within its state, and the rare ones stand in indexes of their own"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

FAR = "coalesce(due_on, '9999-12-31')"
DANGER = "(CASE grade WHEN 'major' THEN 0 WHEN 'suspected_major' THEN 1 ELSE 2 END)"
ORDER = f"{DANGER}, {FAR}, id"
# Read from the index alone; settled_on too, which says which rows stand in it: without it SQLite opens each row to look.
BESIDE = "area_id, settled_on, declined_at, accepted_at, handler_id, due_on, grade, appointed_person_id, closing_office_id, round_number"
INDEXES = {
    "state": (f"state, {ORDER}, {BESIDE}", "settled_on IS NULL"),
    "declined": ("settled_on, declined_at, id", "declined_at IS NOT NULL AND settled_on IS NULL"),
    "unconfirmed": ("id", "unconfirmed AND settled_on IS NULL"),
}


def upgrade() -> None:
    for name, (columns, which) in INDEXES.items():
        op.execute(f"CREATE INDEX ix_hazard_open_by_{name} ON hazard ({columns}) WHERE {which}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX ix_hazard_open_by_{name}")
