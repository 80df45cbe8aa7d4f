"""待商定: findings on which two phones of one visit differ stand apart until somebody at the desk has asked"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

# What an open finding froze; text to compare, so that one statement serves both databases.
SAID = {"sqlite": "json_extract(finding, '$.contested') = 1", "postgresql": "finding ->> 'contested' = 'true'"}


def upgrade() -> None:
    op.add_column("hazard", sa.Column("contested", sa.Boolean(), nullable=False, server_default=sa.false()))
    said = SAID[op.get_bind().dialect.name]
    op.execute(f"UPDATE hazard SET contested = true WHERE settled_on IS NULL AND {said}")
    op.execute(
        "CREATE INDEX ix_hazard_open_by_contested ON hazard (settled_on, id) WHERE contested AND settled_on IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_hazard_open_by_contested")
    op.drop_column("hazard", "contested")
