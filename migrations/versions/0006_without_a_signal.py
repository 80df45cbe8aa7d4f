"""uploads in parts, phones with their gaps and clocks, what waits for a confirmation"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
INSTANT = sa.DateTime(timezone=True)
PART = 500  # receipts read at a time


def upgrade() -> None:
    op.add_column("photo", sa.Column("times", JSON, nullable=True))
    op.create_table(
        "upload",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("meta", JSON, nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_upload_account_id_account"),
        sa.PrimaryKeyConstraint("photo_id", name="pk_upload"),
    )
    op.create_index("ix_upload_account_id", "upload", ["account_id"])
    op.create_table(
        "device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        *[sa.Column(name, JSON, nullable=False) for name in ("received", "held", "missing")],
        sa.Column("missing_since", INSTANT, nullable=True),
        sa.Column("excused", JSON, nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("oldest_at", INSTANT, nullable=True),
        sa.Column("offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("lost_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_device_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_index("ix_device_account_id", "device", ["account_id"])
    op.create_table(
        "device_gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("ranges", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_device_gap_device_id_device"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name="fk_device_gap_decided_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_device_gap"),
    )
    op.create_index("ix_device_gap_device_id", "device_gap", ["device_id"])
    op.create_table(
        "pending_operation",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("raw", JSON, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("reason IN ('rescue', 'right_ended')", name=op.f("ck_pending_operation_reason_known")),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('confirmed', 'declined')",
            name=op.f("ck_pending_operation_decision_known"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_pending_operation_decided_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["journal_entry.id"], name="fk_pending_operation_operation_id_journal_entry"
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name="fk_pending_operation_receipt_id_receipt"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_pending_operation_account_id_account"),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name="fk_pending_operation_term_id_term"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name="fk_pending_operation_decided_by_id_person"),
        sa.PrimaryKeyConstraint("operation_id", name="pk_pending_operation"),
    )
    for column in ("receipt_id", "account_id", "term_id"):
        op.create_index(f"ix_pending_operation_{column}", "pending_operation", [column])
    op.create_table(
        "rescue_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.Column("fed_at", INSTANT, nullable=False),
        sa.Column("fed_by_id", sa.Uuid(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_rescue_file_account_id_account"),
        sa.ForeignKeyConstraint(["fed_by_id"], ["person.id"], name="fk_rescue_file_fed_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_rescue_file"),
    )
    op.create_index("ix_rescue_file_account_id", "rescue_file", ["account_id"])
    _phones_so_far()


def downgrade() -> None:
    for table in ("rescue_file", "pending_operation", "device_gap", "device", "upload"):
        op.drop_table(table)
    with op.batch_alter_table("photo") as batch:
        batch.drop_column("times")


def _phones_so_far() -> None:
    """Phones that sent before they were registered: what they sent is known, and what was lost before cannot be."""
    receipts = sa.table(
        "receipt", sa.column("id", sa.Uuid()), sa.column("account_id", sa.Uuid()), sa.column("made_at", INSTANT),
        sa.column("operations", JSON),
    )  # fmt: skip
    phones: dict[str, dict[str, object]] = {}
    numbers: dict[str, set[int]] = {}
    bind, seen = op.get_bind(), 0
    while True:
        rows = bind.execute(
            sa.select(receipts).order_by(receipts.c.made_at, receipts.c.id).limit(PART).offset(seen)
        ).all()
        if not rows:
            break
        seen += len(rows)
        for row in rows:
            for said in row.operations:
                device = said["device"]
                if device.startswith("urgent-"):
                    continue
                numbers.setdefault(device, set()).add(said["seq"])
                phone = phones.setdefault(device, {"first_at": row.made_at})
                phone.update(account_id=row.account_id, last_at=row.made_at)
    devices = sa.table(
        "device", *[sa.column(name, sa.Text()) for name in ("id", "agent", "version")],
        sa.column("account_id", sa.Uuid()), *[sa.column(name, INSTANT) for name in ("first_at", "last_at")],
        *[sa.column(name, JSON) for name in ("received", "held", "missing", "excused")],
        *[sa.column(name, sa.BigInteger()) for name in ("counter", "photos")],
    )  # fmt: skip
    for device, phone in phones.items():
        last = max(numbers[device])
        bind.execute(
            devices.insert().values(
                id=device, agent="", version="", counter=last, photos=0, received=_ranges(numbers[device]), held=[],
                missing=[], excused=[[1, last]], **phone,
            )
        )  # fmt: skip


def _ranges(numbers: set[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] + 1 == number:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
