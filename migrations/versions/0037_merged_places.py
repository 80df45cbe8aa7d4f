"""places merged into others: who merged what, and words of hazards that follow the place that stands"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
HOLDS = sa.text("undone_at IS NULL")
MERGED = sa.text("merged_into_id IS NOT NULL")
ALONE = "premises_id = NEW.id"
# Also what was found at a place that another one stands for: it is called by that one's name as well.
TOGETHER = f"{ALONE} OR premises_id IN (SELECT id FROM premises WHERE merged_into_id = NEW.id)"


def upgrade() -> None:
    op.create_table(
        "premises_merge",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "premises_id", "into_id", "person_id")),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", STAMP, nullable=True),
        sa.Column("undone_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("premises_id <> into_id", name=op.f("ck_premises_merge_not_into_itself")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_person_id IS NULL)", name=op.f("ck_premises_merge_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_premises_merge_premises_id_premises")),
        sa.ForeignKeyConstraint(["into_id"], ["premises.id"], name=op.f("fk_premises_merge_into_id_premises")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_premises_merge_person_id_person")),
        sa.ForeignKeyConstraint(
            ["undone_by_person_id"], ["person.id"], name=op.f("fk_premises_merge_undone_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises_merge")),
    )
    for column in ("premises_id", "into_id"):
        op.create_index(op.f(f"ix_premises_merge_{column}"), "premises_merge", [column])
    op.create_index(
        "uq_premises_merge_holds",
        "premises_merge",
        ["premises_id"],
        unique=True,
        sqlite_where=HOLDS,
        postgresql_where=HOLDS,
    )
    op.create_index(
        "ix_premises_merged_into_id", "premises", ["merged_into_id"], sqlite_where=MERGED, postgresql_where=MERGED
    )
    _rename(TOGETHER, "name, address, phone, code, merged_into_id")


def _rename(which: str, told: str) -> None:
    """The trigger that puts away the words of hazards whose place is called otherwise now, made anew."""
    old, new = (", ".join(f"{row}.{name}" for name in told.split(", ")) for row in ("OLD", "NEW"))
    gone = f"DELETE FROM hazard_words WHERE hazard_id IN (SELECT id FROM hazard WHERE {which});"
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER hazard_words_renamed ON premises")
        op.execute(
            "CREATE OR REPLACE FUNCTION hazard_words_renamed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {gone} RETURN NULL; END $$"
        )
        op.execute(
            "CREATE TRIGGER hazard_words_renamed AFTER UPDATE ON premises FOR EACH ROW "
            f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION hazard_words_renamed()"
        )
        return
    op.execute("DROP TRIGGER hazard_words_renamed")
    op.execute(
        f"CREATE TRIGGER hazard_words_renamed AFTER UPDATE OF {told} ON premises "
        f"WHEN ({old}) IS NOT ({new}) BEGIN {gone} END"
    )


def downgrade() -> None:
    _rename(ALONE, "name, address, phone")
    op.drop_index("ix_premises_merged_into_id", "premises")
    op.drop_table("premises_merge")
