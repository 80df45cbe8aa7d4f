"""tries at doors, sign-ins that end on the server, second factor per role, forms pressed twice, doubles of places, bundled
alarms"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)


def _folded(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKC", text).casefold() if mark.isalnum())


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", STAMP, nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_tries_count_sane")),
        sa.PrimaryKeyConstraint("door", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_last_at"), "tries", ["last_at"])
    op.create_table(
        "signed_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", STAMP, nullable=False),
        sa.Column("ended_at", STAMP, nullable=True),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("address", "agent", "browser")],
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signed_in_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
    )
    op.create_index("ix_signed_in_account", "signed_in", ["account_id", "began_at"])
    op.create_index(op.f("ix_signed_in_browser"), "signed_in", ["browser"])
    op.create_table(
        "second_factor_rule",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("demanded", sa.Boolean(), nullable=False),
        sa.Column("set_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", STAMP, nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_second_factor_rule_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_second_factor_rule")),
    )
    op.create_table(
        "once_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("path", "said_sha256", "led_to")],
        sa.Column("made_at", STAMP, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once_key")),
    )
    op.create_index(op.f("ix_once_key_made_at"), "once_key", ["made_at"])
    op.add_column("account", sa.Column("tf_new_secret", sa.Text(), nullable=True))
    _places()
    with op.batch_alter_table("urgent_call") as table:
        table.add_column(sa.Column("bundle_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_urgent_call_bundle_id_urgent_call"), "urgent_call", ["bundle_id"], ["id"])
    op.create_index("ix_urgent_call_person", "urgent_call", ["person_id", "received_at"])


def _places() -> None:
    with op.batch_alter_table("premises") as table:
        table.add_column(sa.Column("twin_key", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("maybe_double_of_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_premises_maybe_double_of_id_premises"), "premises", ["maybe_double_of_id"], ["id"]
        )
    place = sa.table("premises", *[sa.column(name) for name in ("id", "name", "address", "twin_key")])
    connection = op.get_bind()
    for row in connection.execute(sa.select(place.c.id, place.c.name, place.c.address)).all():
        key = f"{_folded(row.name)} {_folded(row.address)}"
        connection.execute(sa.update(place).where(place.c.id == row.id).values(twin_key=key))
    with op.batch_alter_table("premises") as table:
        table.alter_column("twin_key", server_default=None)
    op.create_index(op.f("ix_premises_twin_key"), "premises", ["twin_key"])
    where = sa.text("maybe_double_of_id IS NOT NULL")
    op.create_index(
        "ix_premises_maybe_double", "premises", ["maybe_double_of_id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_urgent_call_person", table_name="urgent_call")
    with op.batch_alter_table("urgent_call") as table:
        table.drop_constraint(op.f("fk_urgent_call_bundle_id_urgent_call"), type_="foreignkey")
        table.drop_column("bundle_id")
    op.drop_index("ix_premises_maybe_double", table_name="premises")
    # Made of name and address, and made again by going up: emptied first, so that nothing counts as lost.
    op.execute(sa.update(sa.table("premises", sa.column("twin_key"))).values(twin_key=""))
    op.drop_index(op.f("ix_premises_twin_key"), table_name="premises")
    with op.batch_alter_table("premises") as table:
        table.drop_constraint(op.f("fk_premises_maybe_double_of_id_premises"), type_="foreignkey")
        table.drop_column("maybe_double_of_id")
        table.drop_column("twin_key")
    op.drop_column("account", "tf_new_secret")
    for table_name in ("once_key", "second_factor_rule", "signed_in", "tries"):
        op.drop_table(table_name)
