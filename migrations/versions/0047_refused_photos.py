"""Refused photos have an index of their own: a handful among a million, which a page of the administrator lists"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

FEW = sa.text("refused_reason IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_photo_refused", "photo", ["received_at"], sqlite_where=FEW, postgresql_where=FEW)


def downgrade() -> None:
    op.drop_index("ix_photo_refused", "photo")
