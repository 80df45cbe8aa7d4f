"""when each place changed last in an area: phones that carry the places there are told of these alone"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# What a phone carries of a place, and whether it stands for itself.
CARRIED = "name, address, kind, status, code, door_code, area_id, merged_into_id, facts, map_lon, map_lat"
# A place that moves is noted in the area it left too. One writer at a time: the mark after the highest.
NOTED = """
  INSERT INTO premises_change (premises_id, area_id, changed)
    VALUES ({row}.id, {row}.area_id, coalesce((SELECT max(changed) FROM premises_change), 0) + 1)
    ON CONFLICT (premises_id, area_id) DO UPDATE SET changed = excluded.changed;
"""
SQLITE = [
    f"CREATE TRIGGER premises_change_made AFTER INSERT ON premises BEGIN {NOTED.format(row='NEW')} END",
    f"CREATE TRIGGER premises_change_told AFTER UPDATE OF {CARRIED} ON premises WHEN ({{old}}) IS NOT ({{new}})"
    f" BEGIN {NOTED.format(row='NEW')} END",
    "CREATE TRIGGER premises_change_moved AFTER UPDATE OF area_id ON premises WHEN OLD.area_id <> NEW.area_id"
    f" BEGIN {NOTED.format(row='OLD')} END",
    f"CREATE TRIGGER premises_change_gone AFTER DELETE ON premises BEGIN {NOTED.format(row='OLD')} END",
]
# Of two transactions neither waits for the other: each marks with its own number, and whoever reads knows which were under way.
POSTGRES = [
    """
    CREATE FUNCTION premises_change_noted() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE mark bigint := pg_current_xact_id()::text::bigint;
    BEGIN
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO premises_change (premises_id, area_id, changed) VALUES (NEW.id, NEW.area_id, mark)
          ON CONFLICT (premises_id, area_id) DO UPDATE SET changed = excluded.changed;
      END IF;
      IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.area_id <> NEW.area_id) THEN
        INSERT INTO premises_change (premises_id, area_id, changed) VALUES (OLD.id, OLD.area_id, mark)
          ON CONFLICT (premises_id, area_id) DO UPDATE SET changed = excluded.changed;
      END IF;
      RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER premises_change_made AFTER INSERT OR DELETE ON premises FOR EACH ROW"
    " EXECUTE FUNCTION premises_change_noted()",
    "CREATE TRIGGER premises_change_told AFTER UPDATE ON premises FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))"
    " EXECUTE FUNCTION premises_change_noted()",
]


def upgrade() -> None:
    op.create_table(
        "premises_change",
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("premises_id", "area_id", name=op.f("pk_premises_change")),
    )
    op.create_index("ix_premises_change_area", "premises_change", ["area_id", "changed"])
    op.create_index(op.f("ix_premises_change_changed"), "premises_change", ["changed"])
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRES if postgres else SQLITE:
        op.execute(sa.text(statement.format(**_rows(postgres)) if "{old}" in statement else statement))


def _rows(postgres: bool) -> dict[str, str]:
    def row(which: str) -> str:
        cast = "::text" if postgres else ""  # JSON has no equality there
        names = CARRIED.split(", ")
        return ", ".join(f"{which}.{name}{cast if name == 'facts' else ''}" for name in names)

    return {"old": row("OLD"), "new": row("NEW")}


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER premises_change_made ON premises")
        op.execute("DROP TRIGGER premises_change_told ON premises")
        op.execute("DROP FUNCTION premises_change_noted()")
    else:
        for name in ("made", "told", "moved", "gone"):
            op.execute(f"DROP TRIGGER premises_change_{name}")
    op.execute("DROP TABLE premises_change")  # made from the places: nothing of anybody's is lost with it
