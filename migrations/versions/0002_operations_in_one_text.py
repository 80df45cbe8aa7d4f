"""operations of a request in one text, answers of a phone in one row"""

import json
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
INSTANT = sa.DateTime(timezone=True)

WITH_THE_RECEIPT = (
    "account_id", "term_id", "device", "seq", "kind", "version", "hash", "payload", "times", "captured_at", "received_at",
    "outcome", "words",
)  # fmt: skip

receipt = sa.table(
    "receipt", sa.column("id", sa.Uuid()), sa.column("account_id", sa.Uuid()), sa.column("term_id", sa.Uuid()),
    sa.column("made_at", INSTANT), sa.column("document", sa.Text()), sa.column("operations", JSON),
)  # fmt: skip
entry = sa.table(
    "journal_entry", *[sa.column(name, sa.Uuid()) for name in ("id", "account_id", "term_id", "receipt_id")],
    *[sa.column(name, sa.Text()) for name in ("device", "kind", "hash", "outcome", "words")],
    *[sa.column(name, sa.Integer()) for name in ("seq", "version")],
    *[sa.column(name, JSON) for name in ("payload", "times")],
    *[sa.column(name, INSTANT) for name in ("captured_at", "received_at")],
)  # fmt: skip
answer = sa.table(
    "visit_answer", *[sa.column(name, sa.Uuid()) for name in ("operation_id", "visit_id", "person_id")],
    *[sa.column(name, sa.Text()) for name in ("item_code", "device_id")], sa.column("seq", sa.Integer()),
    *[sa.column(name, sa.Boolean()) for name in ("chosen", "late")], sa.column("body", JSON),
    sa.column("captured_at", INSTANT),
)  # fmt: skip
answers = sa.table(
    "visit_answers", *[sa.column(name, sa.Uuid()) for name in ("id", "visit_id", "person_id")],
    sa.column("device_id", sa.Text()), sa.column("late", sa.Boolean()), sa.column("taps", JSON),
)  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("term_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("operations", JSON, nullable=False, server_default="[]"))
    _operations_to_receipts()
    with op.batch_alter_table("receipt") as batch:
        batch.alter_column("operations", server_default=None)
        batch.create_index("ix_receipt_account", ["account_id", "made_at"])
    with op.batch_alter_table("journal_entry") as batch:
        batch.drop_index("ix_journal_entry_account_id")
        batch.drop_index("ix_journal_entry_device")
        batch.drop_constraint("fk_journal_entry_account_id_account", type_="foreignkey")
        batch.drop_constraint(op.f("ck_journal_entry_outcome_known"), type_="check")
        for name in WITH_THE_RECEIPT:
            batch.drop_column(name)
    op.create_table(
        "visit_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("taps", JSON, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_visit_answers_person_id_person"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_answers_visit_id_visit"),
        sa.PrimaryKeyConstraint("id", name="pk_visit_answers"),
    )
    op.create_index("ix_visit_answers_visit_id", "visit_answers", ["visit_id"])
    _answers_together()
    op.drop_index("ix_visit_answer_visit", "visit_answer")
    op.drop_table("visit_answer")


def downgrade() -> None:
    op.create_table(
        "visit_answer",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", INSTANT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_visit_answer_person_id_person"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_answer_visit_id_visit"),
        sa.PrimaryKeyConstraint("operation_id", name="pk_visit_answer"),
    )
    op.create_index("ix_visit_answer_visit", "visit_answer", ["visit_id"])
    _answers_apart()
    op.drop_index("ix_visit_answers_visit_id", "visit_answers")
    op.drop_table("visit_answers")
    with op.batch_alter_table("journal_entry") as batch:
        for name in ("device", "kind", "hash", "words"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("outcome", sa.Text(), nullable=False, server_default="applied"))
        batch.add_column(sa.Column("seq", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("account_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("term_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("payload", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("times", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("captured_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("received_at", INSTANT, nullable=True))
    _operations_to_journal()
    with op.batch_alter_table("journal_entry") as batch:
        for name in ("device", "kind", "hash", "words", "outcome", "seq", "version", "payload", "times"):
            batch.alter_column(name, server_default=None)
        for name in ("account_id", "captured_at", "received_at"):
            batch.alter_column(name, nullable=False)
        batch.create_foreign_key("fk_journal_entry_account_id_account", "account", ["account_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_journal_entry_outcome_known"), "outcome IN ('applied', 'refused', 'waiting')"
        )
        batch.create_index("ix_journal_entry_account_id", ["account_id"])
        batch.create_index("ix_journal_entry_device", ["device", "seq"])
    with op.batch_alter_table("receipt") as batch:
        batch.drop_index("ix_receipt_account")
        batch.drop_column("operations")
        batch.drop_column("term_id")


def _operations_to_receipts() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.select(entry).order_by(entry.c.receipt_id, entry.c.seq)).all()
    for receipt_id, group in groupby(rows, key=lambda row: row.receipt_id):
        together = list(group)
        bind.execute(
            receipt.update()
            .where(receipt.c.id == receipt_id)
            .values(term_id=together[0].term_id, operations=[_operation(row) for row in together])
        )


def _operation(row: Any) -> dict[str, Any]:
    said = {
        "id": str(row.id), "kind": row.kind, "v": row.version, "device": row.device, "seq": row.seq,
        "captured_at": _stamp(row.captured_at), "payload": row.payload,
    }  # fmt: skip
    return said | {"times": row.times} if row.times else said


def _operations_to_journal() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(receipt)).all():
        lines = {line["id"]: line for line in json.loads(row.document).get("operations", ())}
        for said in row.operations:
            line = lines[said["id"]]
            bind.execute(
                entry.update()
                .where(entry.c.id == UUID(said["id"]))
                .values(
                    account_id=row.account_id, term_id=row.term_id, version=said["v"], payload=said["payload"],
                    device=said["device"], seq=said["seq"], kind=said["kind"], hash=line["hash"],
                    outcome=line["outcome"], words=line.get("words", ""),
                    times=said.get("times", {}), captured_at=_instant(said["captured_at"]), received_at=row.made_at,
                )
            )  # fmt: skip


def _answers_together() -> None:
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(answer).order_by(
            answer.c.visit_id, answer.c.device_id, answer.c.person_id, answer.c.late, answer.c.seq
        )
    ).all()
    for (visit_id, device_id, person_id, late), group in groupby(
        rows, key=lambda row: (row.visit_id, row.device_id, row.person_id, row.late)
    ):
        taps = [
            {"operation": str(row.operation_id), "item": row.item_code, "captured_at": _stamp(row.captured_at),
             "seq": row.seq, "chosen": row.chosen, "body": row.body}
            for row in group
        ]  # fmt: skip
        bind.execute(
            answers.insert().values(
                id=uuid4(), visit_id=visit_id, device_id=device_id, person_id=person_id, late=late, taps=taps
            )
        )


def _answers_apart() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(answers)).all():
        for tap in row.taps:
            bind.execute(
                answer.insert().values(
                    operation_id=UUID(tap["operation"]), visit_id=row.visit_id, item_code=tap["item"],
                    device_id=row.device_id, person_id=row.person_id, captured_at=_instant(tap["captured_at"]),
                    seq=tap["seq"], chosen=tap["chosen"], late=row.late, body=tap["body"],
                )
            )  # fmt: skip


def _stamp(instant: datetime) -> str:
    """ISO with its zone; SQLite gives UTC without one."""
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).isoformat()


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text).astimezone(UTC)
    return found.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else found
