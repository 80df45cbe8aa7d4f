"""what is searched stands folded beside its words; what logins have in common; the log of administrators"""

import unicodedata

import sqlalchemy as sa
from alembic import op
from precis_i18n import get_profile

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STAMP = sa.DateTime(timezone=True)
AT_ONCE = 500
FOLDED = {"premises": ("name", "address"), "hazard": ("title",), "person": ("name",)}


def upgrade() -> None:
    for table, columns in FOLDED.items():
        op.add_column(table, sa.Column("folded", sa.Text(), nullable=False, server_default=""))
        _fill(table, "folded", columns, lambda words: "\n".join(_folded(word or "") for word in words))
    op.add_column("account", sa.Column("login_key", sa.Text(), nullable=False, server_default=""))
    _fill("account", "login_key", ("login",), lambda words: _login_key(words[0]))
    op.create_index("ix_account_login_key", "account", ["login_key"])
    op.create_table(
        "administrator_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", STAMP, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("subject_kind", "subject_id", "subject_name", "verb")
        ],
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_administrator_act_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_act")),
    )
    op.create_index("ix_administrator_act_at", "administrator_act", ["at", "id"])
    op.create_index("ix_administrator_act_person_id", "administrator_act", ["person_id"])
    op.create_index("ix_administrator_act_subject_id", "administrator_act", ["subject_id"])


def downgrade() -> None:
    op.drop_table("administrator_act")
    op.drop_index("ix_account_login_key", table_name="account")
    # Made of other columns, and made again by going up: emptied first, so that nothing counts as lost.
    for table, column in [("account", "login_key"), *[(table, "folded") for table in FOLDED]]:
        op.execute(sa.update(sa.table(table, sa.column(column))).values({column: ""}))
        op.drop_column(table, column)


def _fill(table, target, columns, made):
    """In the order of the ids, some at a time: a large register is not read at once."""
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column(target), *[sa.column(name) for name in columns])
    connection, last = op.get_bind(), None
    change = rows.update().where(rows.c.id == sa.bindparam("row")).values({target: sa.bindparam("made")})
    while True:
        page = sa.select(rows.c.id, *[rows.c[name] for name in columns]).order_by(rows.c.id).limit(AT_ONCE)
        found = connection.execute(page.where(rows.c.id > last) if last is not None else page).all()
        if not found:
            return
        connection.execute(change, [{"row": row[0], "made": made(row[1:])} for row in found])
        last = found[-1][0]


# Frozen copies of kernel/spelling.py: a migration does what it did on the day it was written.


_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_USERNAME = get_profile("UsernameCaseMapped")
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅", "·"))


def _plain(text):
    seen = "".join(
        " " if mark.isspace() else mark
        for mark in unicodedata.normalize("NFC", text)
        if mark.isspace() or (unicodedata.category(mark) not in ("Cc", "Cf", "Cs") and mark not in _BLANK)
    )
    return " ".join(seen.split())


def _folded(text):
    text = _plain(text).translate(_MIDDLE_DOTS)
    while (again := "".join(unicodedata.normalize("NFKC", text).casefold().split())) != text:
        text = again
    return text


def _login_key(text):
    try:
        return str(_USERNAME.enforce(_plain(text)))
    except UnicodeEncodeError:
        return _folded(text)
