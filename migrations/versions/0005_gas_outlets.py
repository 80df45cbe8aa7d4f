"""places that sell bottled gas are a kind of their own"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = (
    "small_school", "small_hospital", "small_shop", "small_restaurant", "small_inn", "small_entertainment",
    "small_netcafe", "small_beauty", "small_workshop", "crowded", "residential", "site",
)  # fmt: skip


def upgrade() -> None:
    _know((*BEFORE, "gas_outlet", "other"))


def downgrade() -> None:
    op.execute("UPDATE premises SET kind = 'other' WHERE kind = 'gas_outlet'")
    _know((*BEFORE, "other"))


def _know(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("premises") as table:
        table.drop_constraint(op.f("ck_premises_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_premises_kind_known"), f"kind IN ({', '.join(map(repr, kinds))})")
