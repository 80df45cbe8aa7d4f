"""powers by field of law with their article, officers, what orders print; who determined and listed"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SETTINGS = ("order_title", "section", "address", "consequence", "review_body", "court")
SECOND = (
    "confirmed_by_person_id IS NULL"
    " OR (entered_by_person_id IS NOT NULL AND entered_by_person_id <> confirmed_by_person_id)"
)
WHOLE = "confirmed_by_person_id IS NULL OR (field <> '' AND document <> '' AND article <> '')"
AT = "(confirmed_by_person_id IS NULL) = (confirmed_at IS NULL)"
PERSONS = ("entered_by_person_id", "confirmed_by_person_id", "ended_by_person_id")
UNIQUE, UNIQUE_BEFORE = (
    "uq_organisation_power_organisation_id_power_field_since",
    "uq_organisation_power_organisation_id_power_since",
)


def upgrade() -> None:
    # What stands stays: an old power keeps its words, has no field and opens nothing until it is completed.
    with op.batch_alter_table("organisation_power") as table:
        for name in ("field", "document", "article"):
            table.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name in PERSONS:
            table.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f(f"fk_organisation_power_{name}_person"), "person", [name], ["id"])
        for name in ("entered_at", "confirmed_at", "ended_at"):
            table.add_column(sa.Column(name, INSTANT, nullable=True))
        table.drop_constraint(op.f(UNIQUE_BEFORE), type_="unique")
        table.create_unique_constraint(op.f(UNIQUE), ["organisation_id", "power", "field", "since"])
        table.create_check_constraint(op.f("ck_organisation_power_confirmed_by_a_second"), SECOND)
        table.create_check_constraint(op.f("ck_organisation_power_confirmed_is_whole"), WHOLE)
        table.create_check_constraint(op.f("ck_organisation_power_confirmed_at_by"), AT)
    op.create_table(
        "organisation_officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("card_number", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        *[
            sa.Column(name, sa.Uuid(), nullable=True)
            for name in ("person_id", "entered_by_person_id", "ended_by_person_id")
        ],
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_organisation_officer_ends_after_it_begins")
        ),
        sa.UniqueConstraint(
            "organisation_id", "card_number", "since",
            name=op.f("uq_organisation_officer_organisation_id_card_number_since"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_officer")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_officer_organisation_id_organisation")
        ),
        *[
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_organisation_officer_{name}_person"))
            for name in ("person_id", "entered_by_person_id", "ended_by_person_id")
        ],
    )  # fmt: skip
    op.create_index(op.f("ix_organisation_officer_organisation_id"), "organisation_officer", ["organisation_id"])
    # Added in place: other tables point at organisation and hazard, so neither is copied on SQLite.
    for name in SETTINGS:
        op.add_column("organisation", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("determined_by_id", "listed_by_id"):
        op.add_column("hazard", sa.Column(name, sa.Uuid(), nullable=True))


def downgrade() -> None:
    for name in ("listed_by_id", "determined_by_id"):
        op.drop_column("hazard", name)
    for name in reversed(SETTINGS):
        op.drop_column("organisation", name)
    op.drop_table("organisation_officer")
    # The old table holds a power once, and every row of it opens steps: what nobody confirmed goes, and second fields.
    op.execute(
        "DELETE FROM organisation_power WHERE entered_by_person_id IS NOT NULL AND confirmed_by_person_id IS NULL"
    )
    op.execute(
        "DELETE FROM organisation_power WHERE id NOT IN"
        " (SELECT first.id FROM (SELECT id, ROW_NUMBER() OVER"
        " (PARTITION BY organisation_id, power, since ORDER BY field, id) AS place FROM organisation_power) AS first"
        " WHERE first.place = 1)"
    )
    with op.batch_alter_table("organisation_power") as table:
        for name in ("confirmed_at_by", "confirmed_is_whole", "confirmed_by_a_second"):
            table.drop_constraint(op.f(f"ck_organisation_power_{name}"), type_="check")
        table.drop_constraint(op.f(UNIQUE), type_="unique")
        table.create_unique_constraint(op.f(UNIQUE_BEFORE), ["organisation_id", "power", "since"])
        for name in PERSONS:
            table.drop_constraint(op.f(f"fk_organisation_power_{name}_person"), type_="foreignkey")
        for name in ("field", "document", "article", *PERSONS, "entered_at", "confirmed_at", "ended_at"):
            table.drop_column(name)
