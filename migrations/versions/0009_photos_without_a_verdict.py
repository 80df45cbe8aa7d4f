"""a photo is refused by a verdict only; without one it is tried again"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Refusals so far get no time: nobody can tell any more which of them were verdicts.
    op.add_column("photo", sa.Column("refused_at", STAMP, nullable=True))
    op.add_column("photo", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("photo", sa.Column("retry_at", STAMP, nullable=True))
    op.add_column("photo", sa.Column("trouble", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("trouble", "retry_at", "attempts", "refused_at"):
        op.drop_column("photo", name)
