"""papers that a second account signs off, and what an office sets for its papers"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column("organisation", sa.Column("letterhead", sa.Text(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("seal_place", sa.Boolean(), nullable=False, server_default=sa.false()))
    _signatories()
    _settings()
    _drafts()


def _signatories() -> None:
    op.create_table(
        "organisation_signatory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_organisation_signatory_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_signatory_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_organisation_signatory_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_signatory")),
    )
    op.create_index(op.f("ix_organisation_signatory_organisation_id"), "organisation_signatory", ["organisation_id"])


def _settings() -> None:
    op.create_table(
        "paper_setting",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("paper_kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("signed_off", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_setting_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "paper_kind", name=op.f("pk_paper_setting")),
    )


def _drafts() -> None:
    op.create_table(
        "paper_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("hazards", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", STAMP, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'issued', 'returned', 'withdrawn')", name=op.f("ck_paper_draft_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_person_id IS NULL)",
            name=op.f("ck_paper_draft_decided_or_waiting"),
        ),
        sa.CheckConstraint(
            "(state = 'issued') = (paper_id IS NOT NULL)", name=op.f("ck_paper_draft_issued_is_a_paper")
        ),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name=op.f("ck_paper_draft_returned_for_a_reason")),
        sa.CheckConstraint(
            "state NOT IN ('issued', 'returned') OR decided_by_person_id <> made_by_person_id",
            name=op.f("ck_paper_draft_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR decided_by_person_id = made_by_person_id",
            name=op.f("ck_paper_draft_withdrawn_by_its_maker"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_draft_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_paper_draft_premises_id_premises")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_paper_draft_account_id_account")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_paper_draft_term_id_term")),
        sa.ForeignKeyConstraint(
            ["made_by_person_id"], ["person.id"], name=op.f("fk_paper_draft_made_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["person.id"], name=op.f("fk_paper_draft_decided_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_draft_paper_id_paper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_draft")),
        sa.UniqueConstraint("paper_id", name=op.f("uq_paper_draft_paper_id")),
    )
    op.create_index("ix_paper_draft_made_by", "paper_draft", ["made_by_person_id", "made_at"])
    op.create_index(
        "ix_paper_draft_waiting",
        "paper_draft",
        ["organisation_id", "made_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("paper_draft")
    op.drop_table("paper_setting")
    op.drop_table("organisation_signatory")
    op.drop_column("organisation", "seal_place")
    op.drop_column("organisation", "letterhead")
