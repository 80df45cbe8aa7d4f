"""answers of whoever holds a paper, photos that such a person sends, codes issued anew"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("photo", sa.Column("paper_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_photo_paper_id"), "photo", ["paper_id"])
    with op.batch_alter_table("upload") as table:
        table.add_column(sa.Column("paper_id", sa.Uuid(), nullable=True))
        table.alter_column("account_id", existing_type=sa.Uuid(), nullable=True)
        table.create_check_constraint(op.f("ck_upload_one_sender"), "(account_id IS NULL) <> (paper_id IS NULL)")
    op.create_index(op.f("ix_upload_paper_id"), "upload", ["paper_id"])
    _answers()
    _codes()


def _answers() -> None:
    op.create_table(
        "paper_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("answered_at", STAMP, nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("what IN ('mended', 'later', 'wrong', 'gone')", name=op.f("ck_paper_answer_what_known")),
        sa.CheckConstraint("(hazard_id IS NULL) = (what = 'gone')", name=op.f("ck_paper_answer_of_a_line")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_answer_paper_id_paper")),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_paper_answer_hazard_id_hazard")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["hazard_request.id"], name=op.f("fk_paper_answer_request_id_hazard_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_answer")),
        sa.UniqueConstraint("receipt", name=op.f("uq_paper_answer_receipt")),
    )
    op.create_index(op.f("ix_paper_answer_paper_id"), "paper_answer", ["paper_id"])


def _codes() -> None:
    op.create_table(
        "paper_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_paper_code_has_reason")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_code_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["made_by_person_id"], ["person.id"], name=op.f("fk_paper_code_made_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_code")),
    )
    op.create_index(op.f("ix_paper_code_paper_id"), "paper_code", ["paper_id"])


def downgrade() -> None:
    op.drop_table("paper_code")
    op.drop_table("paper_answer")
    # Uploads of holders go: without their column nobody could say whose they are.
    op.execute("DELETE FROM upload WHERE account_id IS NULL")
    op.drop_index(op.f("ix_upload_paper_id"), table_name="upload")
    with op.batch_alter_table("upload") as table:
        table.drop_constraint(op.f("ck_upload_one_sender"), type_="check")
        table.alter_column("account_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_column("paper_id")
    op.drop_index(op.f("ix_photo_paper_id"), table_name="photo")
    op.drop_column("photo", "paper_id")
