"""whom a request is asked of; requests that are taken back"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome IS NULL")
ID = sa.Uuid()


def upgrade() -> None:
    with op.batch_alter_table("hazard_request") as batch:
        batch.add_column(sa.Column("asked_of_id", ID, nullable=True))
        batch.create_foreign_key(
            op.f("fk_hazard_request_asked_of_id_organisation"), "organisation", ["asked_of_id"], ["id"]
        )
        _outcomes(batch, "'granted', 'refused', 'lapsed', 'withdrawn'")
    op.create_index(
        "ix_hazard_request_open", "hazard_request", ["asked_of_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    _of_whom()


def downgrade() -> None:
    op.execute("UPDATE hazard_request SET outcome = 'lapsed' WHERE outcome = 'withdrawn'")
    op.drop_index("ix_hazard_request_open", table_name="hazard_request")
    with op.batch_alter_table("hazard_request") as batch:
        _outcomes(batch, "'granted', 'refused', 'lapsed'")
        batch.drop_constraint(op.f("fk_hazard_request_asked_of_id_organisation"), type_="foreignkey")
        batch.drop_column("asked_of_id")


def _outcomes(batch: BatchOperations, words: str) -> None:
    batch.drop_constraint(op.f("ck_hazard_request_outcome_known"), type_="check")
    batch.create_check_constraint(op.f("ck_hazard_request_outcome_known"), f"outcome IS NULL OR outcome IN ({words})")


def _of_whom() -> None:
    """What is open now is asked of who set the mending date, or of who issued the paper."""
    bind = op.get_bind()
    request = sa.table(
        "hazard_request", *[sa.column(name, ID) for name in ("id", "hazard_id", "asked_of_id")],
        sa.column("step", sa.Text()), sa.column("outcome", sa.Text()), sa.column("details", sa.JSON()),
    )  # fmt: skip
    hazard = sa.table(
        "hazard", *[sa.column(name, ID) for name in ("id", "handler_id")],
        sa.column("accepted_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    clock = sa.table(
        "hazard_clock", *[sa.column(name, ID) for name in ("id", "hazard_id", "set_by_organisation_id")],
        sa.column("kind", sa.Text()), sa.column("status", sa.Text()), sa.column("set_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    steps = ("ask_extension", "fail", "serve", "dispute")
    rows = bind.execute(
        sa.select(
            request.c.id, request.c.step, request.c.details, hazard.c.handler_id, hazard.c.accepted_at, hazard.c.id
        )
        .join(hazard, hazard.c.id == request.c.hazard_id)
        .where(request.c.outcome.is_(None), request.c.step.in_(steps))
    ).all()
    for request_id, step, details, handler, accepted, hazard_id in rows:
        if step == "dispute":
            office = UUID(details["answered_by"])
        else:
            newest = bind.execute(
                sa.select(clock.c.status, clock.c.set_by_organisation_id)
                .where(clock.c.hazard_id == hazard_id, clock.c.kind == "mending")
                .order_by(clock.c.set_at.desc(), clock.c.id.desc())
                .limit(1)
            ).first()
            proposed = newest is None or (
                newest.status not in ("ordered", "revised") and (newest.status == "proposed" or not accepted)
            )
            office = handler if proposed or newest is None else newest.set_by_organisation_id
        bind.execute(sa.update(request).where(request.c.id == request_id).values(asked_of_id=office))
