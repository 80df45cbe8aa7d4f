"""sightings are found by their visit: handing in and the proof of visits ask for them"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OF_A_VISIT = sa.text("visit_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_hazard_sighting_visit",
        "hazard_sighting",
        ["visit_id"],
        sqlite_where=OF_A_VISIT,
        postgresql_where=OF_A_VISIT,
    )


def downgrade() -> None:
    op.drop_index("ix_hazard_sighting_visit", "hazard_sighting")
