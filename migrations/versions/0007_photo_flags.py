"""what pictures are recognised by, and what about a photo the desk should look at"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
BANDS = ("band_1", "band_2", "band_3", "band_4")
UNRECOGNISED = sa.text("copies_at IS NOT NULL AND fingerprint IS NULL")
UNJUDGED = sa.text("judged_at IS NULL")
UNLOOKED = sa.text("looked_at IS NULL")


def upgrade() -> None:
    # Columns without a default are added in place on both databases: a table of a million photos is not rewritten.
    op.add_column("photo", sa.Column("fingerprint", sa.Text(), nullable=True))
    for band in BANDS:
        op.add_column("photo", sa.Column(band, sa.Integer(), nullable=True))
        op.create_index(op.f(f"ix_photo_{band}"), "photo", [band])
    op.create_index(op.f("ix_photo_original_sha256"), "photo", ["original_sha256"])
    _partial("ix_photo_without_fingerprint", "photo", "received_at", UNRECOGNISED)
    op.add_column("hazard_photo", sa.Column("judged_at", STAMP, nullable=True))
    _partial("ix_hazard_photo_unjudged", "hazard_photo", "added_at", UNJUDGED)
    op.create_table(
        "photo_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other_photo_id", sa.Uuid(), nullable=True),
        sa.Column("other_hazard_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("looked_at", STAMP, nullable=True),
        sa.Column("looked_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("looked_words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('same_picture', 'alike', 'older_than_paper', 'far_from_place', 'no_time', 'impossible_time')",
            name=op.f("ck_photo_flag_kind_known"),
        ),
        sa.CheckConstraint(
            "(other_photo_id IS NULL) = (kind NOT IN ('same_picture', 'alike'))",
            name=op.f("ck_photo_flag_likeness_names_other"),
        ),
        sa.CheckConstraint(
            "(looked_at IS NULL) = (looked_by_person_id IS NULL)", name=op.f("ck_photo_flag_looked_at_by_a_person")
        ),
        sa.CheckConstraint("looked_at IS NULL OR looked_words <> ''", name=op.f("ck_photo_flag_looked_at_with_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_flag")),
        sa.UniqueConstraint("hazard_id", "photo_id", "kind", name=op.f("uq_photo_flag_hazard_id_photo_id_kind")),
        *[
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_photo_flag_{column}_{target.split('.')[0]}"))
            for column, target in (
                ("hazard_id", "hazard.id"),
                ("photo_id", "photo.id"),
                ("other_photo_id", "photo.id"),
                ("other_hazard_id", "hazard.id"),
                ("looked_by_person_id", "person.id"),
            )
        ],
    )
    _partial("ix_photo_flag_unlooked", "photo_flag", "hazard_id", UNLOOKED)


def downgrade() -> None:
    op.drop_table("photo_flag")
    op.drop_index(op.f("ix_hazard_photo_unjudged"), table_name="hazard_photo")
    op.drop_column("hazard_photo", "judged_at")
    op.drop_index(op.f("ix_photo_without_fingerprint"), table_name="photo")
    op.drop_index(op.f("ix_photo_original_sha256"), table_name="photo")
    for band in BANDS:
        op.drop_index(op.f(f"ix_photo_{band}"), table_name="photo")
        op.drop_column("photo", band)
    op.drop_column("photo", "fingerprint")


def _partial(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(op.f(name), table, [column], sqlite_where=where, postgresql_where=where)
