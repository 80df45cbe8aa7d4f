"""whose the photos of a hazard must be, and why a look-back was no step"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What stands was linked before anybody asked: it has no senders and goes on counting.
    op.add_column("hazard_photo", sa.Column("senders", sa.Text(), nullable=True))
    op.add_column("hazard_sighting", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("hazard_sighting", "why")
    op.drop_column("hazard_photo", "senders")
