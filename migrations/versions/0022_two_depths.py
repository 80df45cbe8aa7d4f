"""how deep a visit went, what was drawn for a deep check, visits that were ended early or thrown away; what an assignment
demands; when an item was last really checked at a place"""

from datetime import UTC, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OLD_OUTCOMES = ("inspected", "locked", "not_received", "moved", "out_of_business", "renovating", "not_found")
OUTCOMES = (*OLD_OUTCOMES, "ended_early", "void")
OUTCOME = "ck_visit_outcome_known"
AT_ONCE = 200
SHANGHAI = timezone(timedelta(hours=8))


def upgrade() -> None:
    # Added in place where no check comes with it: other tables point at these.
    op.add_column("visit", sa.Column("deep", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("visit", sa.Column("weights", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("visit", sa.Column("depth", sa.Text(), nullable=False, server_default="full"))
    with op.batch_alter_table("visit") as table:  # once: a large table is copied
        table.drop_constraint(op.f(OUTCOME), type_="check")
        table.create_check_constraint(op.f(OUTCOME), _one_of(OUTCOMES))
        table.create_check_constraint(op.f("ck_visit_depth_known"), "depth IN ('short', 'full')")
    op.add_column("assignment", sa.Column("zone_photos", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("assignment", sa.Column("depth", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("assignment") as table:
        table.create_check_constraint(op.f("ck_assignment_depth_known"), "depth IN ('', 'full')")
    op.create_table(
        "item_checked",
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("earlier_on", sa.Date(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_item_checked_premises_id_premises")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_item_checked_visit_id_visit")),
        sa.PrimaryKeyConstraint("premises_id", "item_code", name=op.f("pk_item_checked")),
    )
    _fill()


def downgrade() -> None:
    # Made of the answers, and made again by going up: emptied first, so that nothing counts as lost.
    op.execute("DELETE FROM item_checked")
    op.drop_table("item_checked")
    with op.batch_alter_table("assignment") as table:
        table.drop_constraint(op.f("ck_assignment_depth_known"), type_="check")
    op.drop_column("assignment", "depth")
    op.drop_column("assignment", "zone_photos")
    with op.batch_alter_table("visit") as table:
        table.drop_constraint(op.f("ck_visit_depth_known"), type_="check")
    # What every visit was before there were two depths.
    op.execute("UPDATE visit SET depth = '' WHERE depth = 'full'")
    op.drop_column("visit", "depth")
    op.drop_column("visit", "weights")
    op.drop_column("visit", "deep")
    # Somebody was inside, and why they left stands in the note; what was thrown away is a draft again.
    op.execute("UPDATE visit SET outcome = 'inspected' WHERE outcome = 'ended_early'")
    op.execute("UPDATE visit SET outcome = NULL, submitted_at = NULL WHERE outcome = 'void'")
    with op.batch_alter_table("visit") as table:
        table.drop_constraint(op.f(OUTCOME), type_="check")
        table.create_check_constraint(op.f(OUTCOME), _one_of(OLD_OUTCOMES))
    _without_zones()


def _one_of(known) -> str:
    return f"outcome IS NULL OR outcome IN ({', '.join(map(repr, known))})"


VISIT = sa.table(
    "visit", sa.column("id", sa.Uuid()), sa.column("premises_id", sa.Uuid()), sa.column("outcome"),
    sa.column("recused", sa.Boolean()), sa.column("submitted_at", sa.DateTime(timezone=True)),
    sa.column("started_at", sa.DateTime(timezone=True)),
)  # fmt: skip
ANSWERS = sa.table(
    "visit_answers", sa.column("visit_id", sa.Uuid()), sa.column("device_id"), sa.column("taps", sa.JSON())
)
CHECKED = sa.table(
    "item_checked", sa.column("premises_id", sa.Uuid()), sa.column("item_code"), sa.column("on_day", sa.Date()),
    sa.column("earlier_on", sa.Date()), sa.column("visit_id", sa.Uuid()),
)  # fmt: skip


def _without_zones() -> None:
    """Earlier versions know only answers among the taps of a visit."""
    connection, last = op.get_bind(), None
    rows = sa.table("visit_answers", sa.column("id", sa.Uuid()), sa.column("taps", sa.JSON()))
    with_zones = sa.cast(rows.c.taps, sa.Text()).like('%"zone":%')
    page = sa.select(rows.c.id, rows.c.taps).where(with_zones).order_by(rows.c.id).limit(AT_ONCE)
    while found := connection.execute(page.where(rows.c.id > last) if last is not None else page).all():
        for row in found:
            kept = [tap for tap in row.taps if "zone" not in tap]
            connection.execute(rows.update().where(rows.c.id == row.id).values(taps=kept))
        last = found[-1].id


def _fill() -> None:
    """What the visits so far really checked, place by place: a register of a million answers is not read at once."""
    connection, last = op.get_bind(), None
    counted = (VISIT.c.submitted_at.is_not(None), VISIT.c.outcome == "inspected", VISIT.c.recused.is_(False))
    places = sa.select(VISIT.c.premises_id).where(*counted).distinct().order_by(VISIT.c.premises_id).limit(AT_ONCE)
    while True:
        found = connection.scalars(places.where(VISIT.c.premises_id > last) if last is not None else places).all()
        for place in found:
            rows = _of_place(connection, place, counted)
            if rows:
                connection.execute(CHECKED.insert(), rows)
        if len(found) < AT_ONCE:
            return
        last = found[-1]


def _of_place(connection, place, counted):
    """The newest day of each item at one place, and the one before it."""
    visits = sa.select(VISIT.c.id, VISIT.c.started_at).where(VISIT.c.premises_id == place, *counted)
    days = {}
    for visit in connection.execute(visits).all():
        on = _day(visit.started_at)
        for code in _decided(connection, visit.id):
            days.setdefault(code, {})[on] = visit.id
    rows = []
    for code, by_day in days.items():
        newest, *earlier = sorted(by_day, reverse=True)[:2]
        rows.append({
            "premises_id": place, "item_code": code, "on_day": newest, "earlier_on": earlier[0] if earlier else None,
            "visit_id": by_day[newest],
        })  # fmt: skip
    return rows


def _decided(connection, visit):
    """The items that somebody decided: of each phone its last word, whatever the lists called for."""
    taps = {}
    for row in connection.execute(sa.select(ANSWERS.c.device_id, ANSWERS.c.taps).where(ANSWERS.c.visit_id == visit)):
        for tap in row.taps:
            known = taps.get((tap["item"], row.device_id))
            if known is None or known["seq"] < tap["seq"]:
                taps[tap["item"], row.device_id] = tap
    return {code for (code, _), tap in taps.items() if _says_something(tap["body"])}


def _says_something(body):
    if not isinstance(body, dict) or body.get("value") == "unsure":
        return False
    return body.get("value") in ("pass", "fail", "na") or any(
        body.get(name) not in (None, "", []) for name in ("number", "choice", "rows", "text")
    )


def _day(at):
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SHANGHAI).date()
