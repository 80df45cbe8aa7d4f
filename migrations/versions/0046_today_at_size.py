"""今日 at size: whose a hazard is stands in an index of its own, so that what is found by id elsewhere opens no wide row; places
that nobody has looked at yet are few"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


FAR = "coalesce(due_on, '9999-12-31')"
DANGER = "(CASE grade WHEN 'major' THEN 0 WHEN 'suspected_major' THEN 1 ELSE 2 END)"
OPEN_BY_STATE = (
    f"CREATE INDEX ix_hazard_open_by_state ON hazard (state, {DANGER}, {FAR}, id, area_id, settled_on, declined_at, accepted_at, "
    "handler_id, due_on, grade, appointed_person_id, closing_office_id, round_number{more}) WHERE settled_on IS NULL"
)


def upgrade() -> None:
    # What a handler sees hangs on who had it first too.
    op.execute("DROP INDEX ix_hazard_open_by_state")
    op.execute(OPEN_BY_STATE.format(more=", first_receiver_id"))
    # PostgreSQL reads a row as cheaply as such an index: it keeps long values apart.
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("CREATE INDEX ix_hazard_whose ON hazard (id, area_id, settled_on)")
        # Without statistics it holds an area for the rarest thing there is, and reads a hundred thousand hazards where it should
        # read those of one place. Lists that begin at areas walk an index of their order.
        op.execute("DROP INDEX ix_hazard_area_id")
        op.execute("DROP INDEX ix_hazard_open_area")
    op.create_index("ix_visit_started_at", "visit", ["started_at"])
    op.execute("CREATE INDEX ix_visit_next_try ON visit (person_id, next_try_on) WHERE next_try_on IS NOT NULL")
    # As each of them is asked: SQLite takes a partial index only for the very words of its condition.
    op.execute(
        f"CREATE INDEX ix_premises_unconfirmed ON premises (area_id) WHERE confirmed IS {0 if sqlite else 'false'}"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_hazard_open_by_state")
    op.execute(OPEN_BY_STATE.format(more=""))
    op.execute("DROP INDEX ix_premises_unconfirmed")
    op.drop_index("ix_visit_started_at", "visit")
    op.execute("DROP INDEX ix_visit_next_try")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP INDEX ix_hazard_whose")
        op.execute("CREATE INDEX ix_hazard_area_id ON hazard (area_id)")
        op.execute("CREATE INDEX ix_hazard_open_area ON hazard (area_id, found_at, id) WHERE settled_on IS NULL")
