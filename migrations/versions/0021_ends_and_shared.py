"""the day on which a legal basis ends, asked by one and confirmed by another; versions made by a change of a shared item"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    people = ("asked_by_person_id", "confirmed_by_person_id", "dropped_by_person_id")
    op.create_table(
        "basis_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("basis_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", STAMP, nullable=False),
        sa.Column("confirmed_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", STAMP, nullable=True),
        sa.Column("dropped_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", STAMP, nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_basis_end_has_reason")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_person_id IS NULL)", name=op.f("ck_basis_end_confirmed_by_a_person")
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_person_id IS NULL)", name=op.f("ck_basis_end_dropped_by_a_person")
        ),
        sa.CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_basis_end_settled_once")),
        sa.CheckConstraint(
            "confirmed_by_person_id IS NULL OR confirmed_by_person_id <> asked_by_person_id",
            name=op.f("ck_basis_end_confirmer_is_second"),
        ),
        *[sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_basis_end_{name}_person")) for name in people],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis_end")),
    )
    where = sa.text("confirmed_at IS NULL AND dropped_at IS NULL")
    op.create_index(
        "uq_basis_end_waiting", "basis_end", ["basis_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "checklist_shared_change",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["checklist_version.id"],
            name=op.f("fk_checklist_shared_change_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["checklist_draft.id"], name=op.f("fk_checklist_shared_change_draft_id_checklist_draft")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_checklist_shared_change")),
    )


def downgrade() -> None:
    op.drop_table("checklist_shared_change")
    op.drop_index("uq_basis_end_waiting", table_name="basis_end")
    op.drop_table("basis_end")
