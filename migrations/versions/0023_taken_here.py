"""whether a photo was taken at the place, as whoever took it answered"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photo_mark", sa.Column("here", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("photo_mark", "here")
