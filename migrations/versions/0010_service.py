"""what came of bringing a paper: result, witness, place, evidence, and a correction; more ways, each with what it needs"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
OLD_WAYS = "way IN ('in_person', 'scan', 'post', 'left')"
WAYS = "way IN ('in_person', 'post', 'forwarded', 'scan', 'on_phone', 'left', 'electronic')"
COUNTS = sa.text("result = 'served' AND corrected_at IS NULL")
WORDS = ("witness", "place", "reference", "correction_reason")
# `result` is empty in what was recorded before it was asked: new rules bind new rows.
CHECKS = {
    "result_known": "result IS NULL OR result IN ('served', 'told', 'not_met')",
    "served_somebody": (
        "result IS NULL OR result <> 'served' OR signature_id IS NOT NULL OR received_by <> '' OR way = 'left'"
    ),
    "not_served_for_a_reason": "result IS NULL OR result = 'served' OR no_receipt_reason <> ''",
    "left_with_evidence": (
        "result IS NULL OR way <> 'left' OR (place <> '' AND (witness <> '' OR CAST(scans AS TEXT) <> '[]'))"
    ),
    "electronic_with_consent": "way <> 'electronic' OR CAST(scans AS TEXT) <> '[]'",
    "on_phone_signed": "way <> 'on_phone' OR signature_id IS NOT NULL",
    "corrected_with_a_reason": (
        "corrected_at IS NULL OR (corrected_by_person_id IS NOT NULL AND correction_reason <> '')"
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("service") as table:
        table.add_column(sa.Column("result", sa.Text(), nullable=True))
        for name in WORDS:
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("scans", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
        table.add_column(sa.Column("corrected_at", STAMP, nullable=True))
        table.add_column(sa.Column("corrected_by_person_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_service_corrected_by_person_id_person"), "person", ["corrected_by_person_id"], ["id"]
        )
        table.drop_constraint(op.f("ck_service_way_known"), type_="check")
        table.create_check_constraint(op.f("ck_service_way_known"), WAYS)
        for name, says in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_service_{name}"), says)
    with op.batch_alter_table("service") as table:
        for name in (*WORDS, "scans"):
            table.alter_column(name, server_default=None)
    op.create_index(
        "uq_service_served", "service", ["paper_id"], unique=True, sqlite_where=COUNTS, postgresql_where=COUNTS
    )


def downgrade() -> None:
    """What is no service, and ways that are not known below, cannot stand there: those rows go."""
    op.drop_index("uq_service_served", table_name="service")
    op.execute(
        f"DELETE FROM service WHERE result IN ('told', 'not_met') OR corrected_at IS NOT NULL OR NOT ({OLD_WAYS})"
    )
    with op.batch_alter_table("service") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_service_{name}"), type_="check")
        table.drop_constraint(op.f("ck_service_way_known"), type_="check")
        table.create_check_constraint(op.f("ck_service_way_known"), OLD_WAYS)
        table.drop_constraint(op.f("fk_service_corrected_by_person_id_person"), type_="foreignkey")
        for name in ("corrected_by_person_id", "corrected_at", "scans", *WORDS, "result"):
            table.drop_column(name)
