"""closing belongs to the office that handed over: which one it is, what a look only confirmed, 到期自动销号"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("close_unopposed_days", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_organisation_close_unopposed_days_sane"),
            "close_unopposed_days >= 1 AND close_unopposed_days <= 60",
        )
    with op.batch_alter_table("hazard") as batch:
        batch.add_column(sa.Column("closing_office_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_hazard_closing_office_id_organisation"), "organisation", ["closing_office_id"], ["id"]
        )
    with op.batch_alter_table("hazard_round") as batch:
        batch.add_column(sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("closes_after_days", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_hazard_round_confirming_closes_nothing"), "NOT confirmed OR NOT closed_with_pass"
        )
        batch.create_check_constraint(
            op.f("ck_hazard_round_closes_by_itself_if_confirmed"), "closes_after_days IS NULL OR confirmed"
        )
    with op.batch_alter_table("hazard_round") as batch:
        batch.alter_column("confirmed", server_default=None)
    _who_handed_over()


def downgrade() -> None:
    with op.batch_alter_table("hazard_round") as batch:
        batch.drop_constraint(op.f("ck_hazard_round_closes_by_itself_if_confirmed"), type_="check")
        batch.drop_constraint(op.f("ck_hazard_round_confirming_closes_nothing"), type_="check")
        batch.drop_column("closes_after_days")
        batch.drop_column("confirmed")
    with op.batch_alter_table("hazard") as batch:
        batch.drop_constraint(op.f("fk_hazard_closing_office_id_organisation"), type_="foreignkey")
        batch.drop_column("closing_office_id")
    with op.batch_alter_table("organisation") as batch:
        batch.drop_constraint(op.f("ck_organisation_close_unopposed_days_sane"), type_="check")
        batch.drop_column("close_unopposed_days")


def _who_handed_over() -> None:
    """Of each hazard the office that handed it over last, as its chain says; else the desk. Events are only read."""
    bind = op.get_bind()
    hazard = sa.table("hazard", *[sa.column(name, sa.Uuid()) for name in ("id", "closing_office_id")])
    event = sa.table(
        "hazard_event", sa.column("hazard_id", sa.Uuid()), sa.column("seq", sa.Integer()), sa.column("step", sa.Text()),
        sa.column("body", sa.JSON()),
    )  # fmt: skip
    office = sa.table("organisation", sa.column("id", sa.Uuid()), sa.column("is_desk", sa.Boolean()))
    desk = bind.execute(sa.select(office.c.id).where(office.c.is_desk).order_by(office.c.id).limit(1)).scalar()
    if desk is not None:
        bind.execute(sa.update(hazard).values(closing_office_id=desk))
    rows = bind.execute(
        sa.select(event.c.hazard_id, event.c.body).where(event.c.step == "hand_over").order_by(event.c.seq)
    ).all()
    for row in rows:
        handed_over_by = row.body["actor"].get("organisation")
        if handed_over_by:
            bind.execute(
                sa.update(hazard).where(hazard.c.id == row.hazard_id).values(closing_office_id=UUID(handed_over_by))
            )
