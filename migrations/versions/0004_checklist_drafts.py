"""drafts of checklists, and who withdrew a version"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "checklist_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("based_on_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("problems", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cells", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("uploaded_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", STAMP, nullable=False),
        sa.Column("tried_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("tried_at", STAMP, nullable=True),
        sa.Column("published_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", STAMP, nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", STAMP, nullable=True),
        sa.Column("dropped_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("origin IN ('excel', 'xlsform')", name=op.f("ck_checklist_draft_origin_known")),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_person_id IS NULL)",
            name=op.f("ck_checklist_draft_published_by_a_person"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (version_id IS NULL)", name=op.f("ck_checklist_draft_published_made_a_version")
        ),
        sa.CheckConstraint(
            "published_by_person_id IS NULL OR published_by_person_id <> uploaded_by_person_id",
            name=op.f("ck_checklist_draft_publisher_is_second"),
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_person_id IS NULL)", name=op.f("ck_checklist_draft_dropped_by_a_person")
        ),
        sa.CheckConstraint(
            "dropped_at IS NULL OR dropped_reason <> ''", name=op.f("ck_checklist_draft_dropped_has_reason")
        ),
        sa.CheckConstraint("dropped_at IS NULL OR published_at IS NULL", name=op.f("ck_checklist_draft_ended_once")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_draft")),
        *[
            sa.ForeignKeyConstraint(
                [column], [target], name=op.f(f"fk_checklist_draft_{column}_{target.split('.')[0]}")
            )
            for column, target in (
                ("file_sha256", "stored_file.sha256"),
                ("based_on_id", "checklist_version.id"),
                ("version_id", "checklist_version.id"),
                ("uploaded_by_person_id", "person.id"),
                ("tried_by_person_id", "person.id"),
                ("published_by_person_id", "person.id"),
                ("dropped_by_person_id", "person.id"),
            )
        ],
    )
    op.create_index(op.f("ix_checklist_draft_code"), "checklist_draft", ["code"])
    with op.batch_alter_table("checklist_version") as table:
        table.add_column(sa.Column("withdrawn_by_person_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("withdrawn_reason", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(
            op.f("fk_checklist_version_withdrawn_by_person_id_person"), "person", ["withdrawn_by_person_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_checklist_version_withdrawn_at_a_time"),
            "withdrawn_by_person_id IS NULL OR withdrawn_at IS NOT NULL",
        )
    with op.batch_alter_table("checklist_version") as table:
        table.alter_column("withdrawn_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("checklist_version") as table:
        table.drop_constraint(op.f("ck_checklist_version_withdrawn_at_a_time"), type_="check")
        table.drop_constraint(op.f("fk_checklist_version_withdrawn_by_person_id_person"), type_="foreignkey")
        table.drop_column("withdrawn_reason")
        table.drop_column("withdrawn_by_person_id")
    op.drop_index(op.f("ix_checklist_draft_code"), table_name="checklist_draft")
    op.drop_table("checklist_draft")
