"""visits of who is to keep away from a place, and what they found"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: other tables point at both. What stands was counted, and stays so.
    op.add_column("visit", sa.Column("recused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("hazard", sa.Column("unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("hazard", "unconfirmed")
    op.drop_column("visit", "recused")
