"""blank slips: pads of numbers, slips that are bound to a visit, their log and scans; a scanned page may be of a slip"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
KNOWN = "ck_scanned_page_paper_known"


def upgrade() -> None:
    op.create_table(
        "slip_pad",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("given_to_person_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("journalled_at", STAMP, nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_slip_pad_in_order")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisation.id"], name=op.f("fk_slip_pad_issuer_id_organisation")),
        sa.ForeignKeyConstraint(
            ["given_to_person_id"], ["person.id"], name=op.f("fk_slip_pad_given_to_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_person_id"], ["person.id"], name=op.f("fk_slip_pad_made_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_pad")),
    )
    op.create_index(op.f("ix_slip_pad_issuer_id"), "slip_pad", ["issuer_id"])
    _create_slips()
    _create_log()
    _create_scans()
    with op.batch_alter_table("scanned_page") as table:
        table.add_column(sa.Column("slip_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_scanned_page_slip_id_blank_slip"), "blank_slip", ["slip_id"], ["id"])
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(
            op.f(KNOWN), "state NOT IN ('proposed', 'filed') OR (paper_id IS NULL) <> (slip_id IS NULL)"
        )
    op.create_index(op.f("ix_scanned_page_slip_id"), "scanned_page", ["slip_id"])


def _create_slips() -> None:
    op.create_table(
        "blank_slip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pad_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('blank', 'bound', 'returned', 'void')", name=op.f("ck_blank_slip_state_known")),
        sa.CheckConstraint(
            "state NOT IN ('bound', 'returned') OR visit_id IS NOT NULL", name=op.f("ck_blank_slip_bound_to_a_visit")
        ),
        sa.CheckConstraint("state <> 'blank' OR visit_id IS NULL", name=op.f("ck_blank_slip_blank_is_bound_to_none")),
        sa.CheckConstraint("state <> 'void' OR void_reason <> ''", name=op.f("ck_blank_slip_void_has_reason")),
        sa.ForeignKeyConstraint(["pad_id"], ["slip_pad.id"], name=op.f("fk_blank_slip_pad_id_slip_pad")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisation.id"], name=op.f("fk_blank_slip_issuer_id_organisation")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_blank_slip_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_slip")),
        sa.UniqueConstraint("issuer_id", "year", "serial", name=op.f("uq_blank_slip_issuer_id_year_serial")),
        sa.UniqueConstraint("number", name=op.f("uq_blank_slip_number")),
        sa.UniqueConstraint("mark", name=op.f("uq_blank_slip_mark")),
    )
    op.create_index(op.f("ix_blank_slip_pad_id"), "blank_slip", ["pad_id"])
    op.create_index(op.f("ix_blank_slip_visit_id"), "blank_slip", ["visit_id"])


def _create_log() -> None:
    op.create_table(
        "slip_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pad_id", sa.Uuid(), nullable=False),
        sa.Column("slip_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", STAMP, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("what IN ('printed', 'bound', 'filed', 'voided')", name=op.f("ck_slip_event_what_known")),
        sa.CheckConstraint("(what = 'printed') = (slip_id IS NULL)", name=op.f("ck_slip_event_of_a_slip_or_its_pad")),
        sa.ForeignKeyConstraint(["pad_id"], ["slip_pad.id"], name=op.f("fk_slip_event_pad_id_slip_pad")),
        sa.ForeignKeyConstraint(["slip_id"], ["blank_slip.id"], name=op.f("fk_slip_event_slip_id_blank_slip")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_slip_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_event")),
    )
    op.create_index(op.f("ix_slip_event_pad_id"), "slip_event", ["pad_id"])
    op.create_index(op.f("ix_slip_event_slip_id"), "slip_event", ["slip_id"])


def _create_scans() -> None:
    op.create_table(
        "slip_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slip_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("received_sha256", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("copy_sha256", sa.Text(), nullable=False),
        sa.Column("filed_at", STAMP, nullable=False),
        sa.Column("filed_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["slip_id"], ["blank_slip.id"], name=op.f("fk_slip_scan_slip_id_blank_slip")),
        sa.ForeignKeyConstraint(
            ["received_sha256"], ["stored_file.sha256"], name=op.f("fk_slip_scan_received_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["copy_sha256"], ["stored_file.sha256"], name=op.f("fk_slip_scan_copy_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_person_id"], ["person.id"], name=op.f("fk_slip_scan_filed_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_scan")),
        sa.UniqueConstraint(
            "slip_id", "received_sha256", "page", name=op.f("uq_slip_scan_slip_id_received_sha256_page")
        ),
    )
    op.create_index(op.f("ix_slip_scan_slip_id"), "slip_scan", ["slip_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_scanned_page_slip_id"), table_name="scanned_page")
    op.execute("DELETE FROM scanned_page WHERE slip_id IS NOT NULL")
    with op.batch_alter_table("scanned_page") as table:
        table.drop_constraint(op.f(KNOWN), type_="check")
        table.create_check_constraint(op.f(KNOWN), "state NOT IN ('proposed', 'filed') OR paper_id IS NOT NULL")
        table.drop_constraint(op.f("fk_scanned_page_slip_id_blank_slip"), type_="foreignkey")
        table.drop_column("slip_id")
    for name in ("slip_scan", "slip_event", "blank_slip", "slip_pad"):
        op.drop_table(name)
