"""the log of exports: written before a byte goes out, completed once, never changed or deleted"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0037"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
SENDING = sa.text("state = 'sending'")
# Frozen here as they were on the day of this migration.
KEPT_FOR_EVER = {
    "sqlite": [
        "CREATE TRIGGER export_no_UPDATE BEFORE UPDATE ON export WHEN OLD.state <> 'sending'"
        " BEGIN SELECT RAISE(ABORT, 'exports are never changed'); END",
        "CREATE TRIGGER export_no_DELETE BEFORE DELETE ON export"
        " BEGIN SELECT RAISE(ABORT, 'exports are never changed'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION export_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'exports are never changed'; END $$",
        "CREATE TRIGGER export_no_UPDATE BEFORE UPDATE ON export FOR EACH ROW WHEN (OLD.state <> 'sending')"
        " EXECUTE FUNCTION export_refuse()",
        "CREATE TRIGGER export_no_DELETE BEFORE DELETE ON export FOR EACH ROW EXECUTE FUNCTION export_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "export",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "account_id", "term_id", "organisation_id")),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("who", "kind", "words", "address", "ordered", "form")
        ),
        sa.Column("persons", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reason", "state")),
        *(sa.Column(name, STAMP, nullable=False) for name in ("began_at", "touched_at")),
        sa.Column("ended_at", STAMP, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("more", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('sending', 'done', 'left', 'failed')", name=op.f("ck_export_state_known")),
        sa.CheckConstraint("form IN ('xlsx', 'csv')", name=op.f("ck_export_form_known")),
        sa.CheckConstraint("(state = 'sending') = (ended_at IS NULL)", name=op.f("ck_export_ended_or_sending")),
        sa.CheckConstraint("state <> 'done' OR sha256 IS NOT NULL", name=op.f("ck_export_done_has_hash")),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_export_rows_counted")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_account_id_account")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_export_term_id_term")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_export_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_account", "export", ["account_id", "began_at", "id"])
    op.create_index("ix_export_began", "export", ["began_at", "id"])
    op.create_index("ix_export_sending", "export", ["touched_at"], sqlite_where=SENDING, postgresql_where=SENDING)
    for statement in KEPT_FOR_EVER[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("export")  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION export_refuse()")
