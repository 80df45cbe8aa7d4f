"""what is circled on a photo, as operations that only add; the column nobody filled goes"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_photo_mark_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_mark")),
    )
    op.create_index("ix_photo_mark_photo", "photo_mark", ["photo_id", "made_at"])
    op.drop_column("photo", "marks")


def downgrade() -> None:
    op.add_column("photo", sa.Column("marks", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.drop_index("ix_photo_mark_photo", table_name="photo_mark")
    op.drop_table("photo_mark")
