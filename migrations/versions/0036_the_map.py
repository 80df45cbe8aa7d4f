"""the map: where each place is in one system, the source of the ground, the outlines of streets"""

import sqlalchemy as sa
from alembic import op

from inspect_app.kernel.positions import on_map

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

CHECK = "CONSTRAINT ck_premises_position_is_on_the_map CHECK ((lon IS NULL) = (map_lon IS NULL))"
SYSTEMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")
_STEP = 1_000


def upgrade() -> None:
    known = ", ".join(f"'{one}'" for one in SYSTEMS)
    # What names a system nobody knows was never a position; the check below would refuse it.
    op.execute(
        "UPDATE premises SET lon = NULL, lat = NULL, crs = NULL, accuracy_m = NULL WHERE lon IS NOT NULL AND"
        f" (crs NOT IN ({known}) OR lat IS NULL OR lon NOT BETWEEN -180 AND 180 OR lat NOT BETWEEN -90 AND 90)"
    )
    number = "DOUBLE" if op.get_bind().dialect.name == "sqlite" else "DOUBLE PRECISION"
    op.execute(f"ALTER TABLE premises ADD COLUMN map_lon {number}")
    op.execute("UPDATE premises SET map_lon = lon WHERE lon IS NOT NULL")
    # The check stands on a column: SQLite takes it so without making the table anew, which would drop its triggers.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE premises ADD COLUMN map_lat {number} {CHECK}")
    else:
        op.execute(f"ALTER TABLE premises ADD COLUMN map_lat {number}")
        op.execute(f"ALTER TABLE premises ADD {CHECK}")
    op.execute("UPDATE premises SET map_lat = lat WHERE lon IS NOT NULL")
    _bring_into_one_system()
    op.create_index("ix_premises_on_map", "premises", ["id", "map_lon", "map_lat"])
    _create_tables()


def _bring_into_one_system() -> None:
    """Those that are told in a shifted system: few, for until now only an import could bring one."""
    place = sa.table(
        "premises", sa.column("id", sa.Uuid()), *(sa.column(n) for n in ("lon", "lat", "crs", "map_lon", "map_lat"))
    )
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(place.c.id, place.c.lon, place.c.lat, place.c.crs).where(place.c.crs.in_(("GCJ02", "BD09")))
    ).all()
    change = (
        sa.update(place)
        .where(place.c.id == sa.bindparam("this"))
        .values(map_lon=sa.bindparam("east"), map_lat=sa.bindparam("north"))
    )
    for first in range(0, len(rows), _STEP):
        found = [(row.id, on_map(row.lon, row.lat, row.crs)) for row in rows[first : first + _STEP]]
        bind.execute(change, [{"this": one, "east": east, "north": north} for one, (east, north) in found])


def _create_tables() -> None:
    op.create_table(
        "map_setting",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("map_source", sa.Text(), nullable=False),
        sa.Column("map_key", sa.Text(), nullable=False),
        sa.Column("map_address", sa.Text(), nullable=False),
        sa.Column("map_system", sa.Text(), nullable=False),
        sa.Column("map_credit", sa.Text(), nullable=False),
        sa.Column("set_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_map_setting_only_one")),
        sa.CheckConstraint("map_source IN ('none', 'tianditu', 'own')", name=op.f("ck_map_setting_source_known")),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_map_setting_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_setting")),
    )
    op.create_table(
        "map_outlines",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("set_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_map_outlines_only_one")),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_map_outlines_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_outlines")),
    )


def downgrade() -> None:
    op.drop_table("map_outlines")
    op.drop_table("map_setting")
    op.drop_index("ix_premises_on_map", "premises")
    op.execute("ALTER TABLE premises DROP COLUMN map_lat")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE premises DROP CONSTRAINT ck_premises_position_is_on_the_map")
    op.execute("ALTER TABLE premises DROP COLUMN map_lon")
