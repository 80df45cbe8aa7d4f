"""scanned sheets: what offices brought, its pages, pictures to hold them against, and what was filed with a paper"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
UNREAD = sa.text("read_at IS NULL")
WAITING = sa.text("state IN ('read', 'proposed', 'stuck')")
WHY = (
    "why = '' OR why IN ('unreadable', 'foreign', 'no_such', 'elsewhere', 'two', 'void', 'replaced', 'lapsed', 'broken', "
    "'encrypted', 'too_many', 'too_large')"
)
STATES = "state IN ('read', 'proposed', 'stuck', 'joined', 'blank', 'filed', 'dropped')"
SETTLED = "(state IN ('filed', 'dropped')) = (settled_by_person_id IS NOT NULL AND settled_at IS NOT NULL)"


def upgrade() -> None:
    op.create_table(
        "scan_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", STAMP, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("read_at", STAMP, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_scan_upload_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_scan_upload_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_upload")),
    )
    op.create_index(
        "ix_scan_upload_unread", "scan_upload", ["received_at"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    _create_pages()
    _create_filed()


def _create_pages() -> None:
    op.create_table(
        "scanned_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("of_pages", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("turn", sa.Double(), nullable=False),
        sa.Column("copy_sha256", sa.Text(), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", STAMP, nullable=True),
        sa.Column("settled_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_scanned_page_state_known")),
        sa.CheckConstraint(WHY, name=op.f("ck_scanned_page_why_known")),
        sa.CheckConstraint("state <> 'stuck' OR why <> ''", name=op.f("ck_scanned_page_stuck_for_a_reason")),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'filed') OR paper_id IS NOT NULL", name=op.f("ck_scanned_page_paper_known")
        ),
        sa.CheckConstraint("state <> 'joined' OR lead_id IS NOT NULL", name=op.f("ck_scanned_page_joined_to_a_page")),
        sa.CheckConstraint(
            "state <> 'dropped' OR drop_reason <> ''", name=op.f("ck_scanned_page_dropped_with_a_reason")
        ),
        sa.CheckConstraint(SETTLED, name=op.f("ck_scanned_page_settled_by_somebody")),
        sa.ForeignKeyConstraint(["upload_id"], ["scan_upload.id"], name=op.f("fk_scanned_page_upload_id_scan_upload")),
        sa.ForeignKeyConstraint(
            ["copy_sha256"], ["stored_file.sha256"], name=op.f("fk_scanned_page_copy_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_scanned_page_paper_id_paper")),
        sa.ForeignKeyConstraint(["lead_id"], ["scanned_page.id"], name=op.f("fk_scanned_page_lead_id_scanned_page")),
        sa.ForeignKeyConstraint(
            ["settled_by_person_id"], ["person.id"], name=op.f("fk_scanned_page_settled_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanned_page")),
        sa.UniqueConstraint("upload_id", "file", "page", name=op.f("uq_scanned_page_upload_id_file_page")),
    )
    op.create_index(
        "ix_scanned_page_waiting", "scanned_page", ["upload_id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index(op.f("ix_scanned_page_paper_id"), "scanned_page", ["paper_id"])
    op.create_index(op.f("ix_scanned_page_lead_id"), "scanned_page", ["lead_id"])


def _create_filed() -> None:
    op.create_table(
        "paper_face",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_face_paper_id_paper")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_face")),
    )
    op.create_table(
        "filed_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("received_sha256", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("copy_sha256", sa.Text(), nullable=False),
        sa.Column("filed_at", STAMP, nullable=False),
        sa.Column("filed_by_person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_filed_scan_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["received_sha256"], ["stored_file.sha256"], name=op.f("fk_filed_scan_received_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["copy_sha256"], ["stored_file.sha256"], name=op.f("fk_filed_scan_copy_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_person_id"], ["person.id"], name=op.f("fk_filed_scan_filed_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filed_scan")),
        sa.UniqueConstraint(
            "paper_id", "received_sha256", "page", name=op.f("uq_filed_scan_paper_id_received_sha256_page")
        ),
    )
    op.create_index(op.f("ix_filed_scan_paper_id"), "filed_scan", ["paper_id"])


def downgrade() -> None:
    op.drop_table("filed_scan")
    op.drop_table("paper_face")
    op.drop_table("scanned_page")
    op.drop_table("scan_upload")
