"""what a paper said when it was drawn, signed; copies stamped when it no longer stands; which paper it takes the place of"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
REOPENED = sa.text("step = 'reopen'")


def upgrade() -> None:
    op.create_table(
        "paper_seal",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("sealed_at", STAMP, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_seal_paper_id_paper")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_seal")),
    )
    op.create_table(
        "paper_stamp",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_stamp_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_paper_stamp_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("paper_id", "words", name=op.f("pk_paper_stamp")),
    )
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_paper_replaces_id_paper"), "paper", ["replaces_id"], ["id"])
        table.create_unique_constraint(op.f("uq_paper_replaces_id"), ["replaces_id"])
    op.create_index(
        op.f("ix_hazard_event_reopened"), "hazard_event", ["hazard_id", "at"], sqlite_where=REOPENED,
        postgresql_where=REOPENED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(op.f("ix_hazard_event_reopened"), table_name="hazard_event")
    with op.batch_alter_table("paper") as table:
        table.drop_constraint(op.f("uq_paper_replaces_id"), type_="unique")
        table.drop_constraint(op.f("fk_paper_replaces_id_paper"), type_="foreignkey")
        table.drop_column("replaces_id")
    op.drop_table("paper_stamp")
    op.drop_table("paper_seal")
