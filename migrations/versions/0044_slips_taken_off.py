"""blank slips: the log names the visit of each binding, a number is taken off a visit again, wrong codes are counted"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

KNOWN = "ck_slip_event_what_known"
OF_WHICH = "ck_slip_event_says_of_which_visit"


def upgrade() -> None:
    with op.batch_alter_table("blank_slip") as table:
        table.add_column(sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("wrong_codes_on", sa.Date(), nullable=True))
    with op.batch_alter_table("blank_slip") as table:
        table.alter_column("wrong_codes", server_default=None)
    with op.batch_alter_table("slip_event") as table:
        table.add_column(sa.Column("visit_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_slip_event_visit_id_visit"), "visit", ["visit_id"], ["id"])
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), "what IN ('printed', 'bound', 'taken_off', 'filed', 'voided')")
    # Until now a slip was bound once and for all, and a void one kept where it had been left.
    op.execute(
        "UPDATE slip_event SET visit_id = (SELECT visit_id FROM blank_slip WHERE blank_slip.id = slip_event.slip_id)"
        " WHERE what IN ('bound', 'voided')"
    )
    with op.batch_alter_table("slip_event") as table:
        table.create_check_constraint(op.f(OF_WHICH), "what NOT IN ('bound', 'taken_off') OR visit_id IS NOT NULL")
    op.create_index(op.f("ix_slip_event_visit_id"), "slip_event", ["visit_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_slip_event_visit_id"), table_name="slip_event")
    op.execute("DELETE FROM slip_event WHERE what = 'taken_off'")
    with op.batch_alter_table("slip_event") as table:
        table.drop_constraint(op.f(OF_WHICH), type_="check")
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), "what IN ('printed', 'bound', 'filed', 'voided')")
        table.drop_constraint(op.f("fk_slip_event_visit_id_visit"), type_="foreignkey")
        table.drop_column("visit_id")
    with op.batch_alter_table("blank_slip") as table:
        table.drop_column("wrong_codes_on")
        table.drop_column("wrong_codes")
