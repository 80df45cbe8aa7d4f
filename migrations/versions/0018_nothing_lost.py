"""photos without a verdict are tried again; which installation this is; numbers in the journal, held back or left out"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Refusals so far get no time: nobody can tell any more which of them were verdicts.
    op.add_column("photo", sa.Column("refused_at", STAMP, nullable=True))
    op.add_column("photo", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("photo", sa.Column("retry_at", STAMP, nullable=True))
    op.add_column("photo", sa.Column("trouble", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "paper_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", STAMP, nullable=False),
        sa.Column("until_year", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("released_at", STAMP, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_hold")),
    )
    op.create_table(
        "paper_gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in ("year", "first", "last")],
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_paper_gap_in_order")),
        sa.CheckConstraint("why <> ''", name=op.f("ck_paper_gap_has_reason")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_gap_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_gap")),
    )
    op.add_column("paper_series", sa.Column("held_why", sa.Text(), nullable=False, server_default=""))
    op.add_column("paper_series", sa.Column("resumed_at", STAMP, nullable=True))
    op.add_column("paper", sa.Column("journalled_at", STAMP, nullable=True))
    where = sa.text("journalled_at IS NULL")
    op.create_index("ix_paper_not_journalled", "paper", ["frozen_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_paper_not_journalled", table_name="paper")
    op.drop_column("paper", "journalled_at")
    op.drop_column("paper_series", "resumed_at")
    op.drop_column("paper_series", "held_why")
    for table in ("paper_gap", "paper_hold", "installation"):
        op.drop_table(table)
    for name in ("trouble", "retry_at", "attempts", "refused_at"):
        op.drop_column("photo", name)
