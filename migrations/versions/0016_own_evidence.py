"""whose the photos of a hazard must be, why a look-back was no step, and visits of who is to keep away from a place"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: other tables point at these. What stands was linked and counted before anybody asked, and stays so.
    op.add_column("hazard_photo", sa.Column("senders", sa.Text(), nullable=True))
    op.add_column("hazard_sighting", sa.Column("why", sa.Text(), nullable=False, server_default=""))
    op.add_column("visit", sa.Column("recused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("hazard", sa.Column("unconfirmed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("hazard", "unconfirmed")
    op.drop_column("visit", "recused")
    op.drop_column("hazard_sighting", "why")
    op.drop_column("hazard_photo", "senders")
