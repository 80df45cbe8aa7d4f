"""the life of a hazard: photos awaited by their links, late look-backs, dates from service, desk terms"""

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EXCEPTION = "step IN ('close_without_opinion', 'lower')"
WAITING = "waits AND looked_at IS NULL"
OLD_SECOND_PERSON = "outcome <> 'granted' OR asked_by_person_id IS NULL OR decided_by_person_id <> asked_by_person_id"
SECOND_PERSON = (
    "outcome IS NULL OR outcome <> 'granted' OR (decided_by_person_id IS NOT NULL"
    " AND (asked_by_person_id IS NULL OR decided_by_person_id <> asked_by_person_id))"
)

ROUND = sa.table(
    "hazard_round",
    *[sa.column(name, sa.Uuid()) for name in ("id", "hazard_id", "witness_person_id", "bundle_id")],
    *[sa.column(name, sa.Integer()) for name in ("number", "evidence_from")],
    *[sa.column(name, sa.Boolean()) for name in ("by_party", "witnessed", "closed_with_pass")],
    *[sa.column(name, sa.DateTime(timezone=True)) for name in ("submitted_at", "verified_at")],
    sa.column("words", sa.Text()),
    sa.column("opinion", sa.Text()),
)
BUNDLE = sa.table(
    "bundle",
    sa.column("id", sa.Uuid()),
    sa.column("subject_kind", sa.Text()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("photo_ids", sa.JSON()),
    sa.column("given_up", sa.JSON()),
    sa.column("made_at", sa.DateTime(timezone=True)),
)
PHOTO = sa.table(
    "hazard_photo",
    *[sa.column(name, sa.Uuid()) for name in ("id", "hazard_id", "photo_id")],
    sa.column("round_number", sa.Integer()),
    *[sa.column(name, sa.Text()) for name in ("place", "caption", "dropped", "dropped_reason")],
    *[sa.column(name, sa.DateTime(timezone=True)) for name in ("added_at", "dropped_at")],
)
HAZARD = sa.table("hazard", sa.column("id", sa.Uuid()), sa.column("round_number", sa.Integer()))
EVENT = sa.table(
    "hazard_event", sa.column("hazard_id", sa.Uuid()), sa.column("step", sa.Text()), sa.column("body", sa.JSON())
)


def upgrade() -> None:
    with op.batch_alter_table("hazard_photo") as table:
        table.add_column(sa.Column("dropped", sa.Text(), nullable=True))
        table.add_column(sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("dropped_by_person_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("dropped_reason", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(
            op.f("fk_hazard_photo_dropped_by_person_id_person"), "person", ["dropped_by_person_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_hazard_photo_dropped_known"), "dropped IS NULL OR dropped IN ('never_came', 'wrong')"
        )
        table.create_check_constraint(
            op.f("ck_hazard_photo_dropped_with_a_reason"),
            "dropped IS NULL OR (dropped_at IS NOT NULL AND dropped_reason <> '')",
        )
    _links_from_bundles()
    with op.batch_alter_table("hazard_round") as table:
        table.add_column(sa.Column("witnessed", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("evidence_from", sa.Integer(), nullable=False, server_default="1"))
    _rounds_told_by_events()
    with op.batch_alter_table("hazard_round") as table:
        table.drop_constraint(op.f("fk_hazard_round_bundle_id_bundle"), type_="foreignkey")
        table.drop_column("bundle_id")
        table.create_check_constraint(
            op.f("ck_hazard_round_verified_was_submitted"), "verified_by_person_id IS NULL OR submitted_at IS NOT NULL"
        )
        table.create_check_constraint(
            op.f("ck_hazard_round_witnessed_by_a_person"), "NOT witnessed OR witness_person_id IS NOT NULL"
        )
        table.create_check_constraint(
            op.f("ck_hazard_round_evidence_from_known"), "evidence_from >= 1 AND evidence_from <= number"
        )
    op.drop_table("bundle")
    with op.batch_alter_table("hazard_request") as table:
        table.drop_constraint(op.f("ck_hazard_request_second_person_decides"), type_="check")
        table.create_check_constraint(op.f("ck_hazard_request_second_person_decides"), SECOND_PERSON)
    _who_answers_disputes()
    with op.batch_alter_table("hazard_sighting") as table:
        table.add_column(sa.Column("mended", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("seen_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("now_version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("looked_by_person_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_hazard_sighting_looked_by_person_id_person"), "person", ["looked_by_person_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_hazard_sighting_looked_at_by_a_person"), "(looked_at IS NULL) = (looked_by_person_id IS NULL)"
        )
    op.create_index(
        "ix_hazard_sighting_waiting", "hazard_sighting", ["hazard_id"],
        sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING),
    )  # fmt: skip
    with op.batch_alter_table("hazard_clock") as table:
        table.add_column(sa.Column("awaits_service", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Added in place: other tables point at hazard and at its events, so neither is copied on SQLite.
    op.add_column("hazard", sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("hazard", sa.Column("transfer_result_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_hazard_merged_into_id"), "hazard", ["merged_into_id"])
    op.create_index(
        "ix_hazard_event_exception", "hazard_event", ["hazard_id"],
        sqlite_where=sa.text(EXCEPTION), postgresql_where=sa.text(EXCEPTION),
    )  # fmt: skip
    op.create_table(
        "desk_term",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('triage', 'reply', 'mending', 'verification', 'closure')", name=op.f("ck_desk_term_kind_known")
        ),
        sa.CheckConstraint("amount >= 1 AND amount <= 365", name=op.f("ck_desk_term_amount_sane")),
        sa.CheckConstraint("unit IN ('working_days', 'days', 'months')", name=op.f("ck_desk_term_unit_known")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_desk_term")),
    )


def downgrade() -> None:
    op.drop_table("desk_term")
    op.drop_index("ix_hazard_event_exception", "hazard_event")
    op.drop_index(op.f("ix_hazard_merged_into_id"), "hazard")
    op.drop_column("hazard", "transfer_result_at")
    op.drop_column("hazard", "watched_at")
    with op.batch_alter_table("hazard_clock") as table:
        table.drop_column("awaits_service")
    op.drop_index("ix_hazard_sighting_waiting", "hazard_sighting")
    with op.batch_alter_table("hazard_sighting") as table:
        table.drop_constraint(op.f("ck_hazard_sighting_looked_at_by_a_person"), type_="check")
        table.drop_constraint(op.f("fk_hazard_sighting_looked_by_person_id_person"), type_="foreignkey")
        for name in ("looked_by_person_id", "looked_at", "waits", "now_version", "seen_version", "words", "mended"):
            table.drop_column(name)
    with op.batch_alter_table("hazard_request") as table:
        table.drop_constraint(op.f("ck_hazard_request_second_person_decides"), type_="check")
        table.create_check_constraint(op.f("ck_hazard_request_second_person_decides"), OLD_SECOND_PERSON)
    op.create_table(
        "bundle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("photo_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("given_up", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    op.create_index(op.f("ix_bundle_subject_id"), "bundle", ["subject_id"])
    with op.batch_alter_table("hazard_round") as table:
        for name in ("verified_was_submitted", "witnessed_by_a_person", "evidence_from_known"):
            table.drop_constraint(op.f(f"ck_hazard_round_{name}"), type_="check")
        table.drop_column("witnessed")
        table.drop_column("evidence_from")
        table.add_column(sa.Column("bundle_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_hazard_round_bundle_id_bundle"), "bundle", ["bundle_id"], ["id"])
    _bundles_from_links()
    with op.batch_alter_table("hazard_photo") as table:
        table.drop_constraint(op.f("ck_hazard_photo_dropped_with_a_reason"), type_="check")
        table.drop_constraint(op.f("ck_hazard_photo_dropped_known"), type_="check")
        table.drop_constraint(op.f("fk_hazard_photo_dropped_by_person_id_person"), type_="foreignkey")
        for name in ("dropped_reason", "dropped_by_person_id", "dropped_at", "dropped"):
            table.drop_column(name)


def _links_from_bundles() -> None:
    """What a bundle announced becomes links of its round; what was given up stays given up."""
    db = op.get_bind()
    pairs = db.execute(
        sa.select(ROUND.c.hazard_id, ROUND.c.number, BUNDLE.c.photo_ids, BUNDLE.c.given_up, BUNDLE.c.made_at).join_from(
            ROUND, BUNDLE, BUNDLE.c.id == ROUND.c.bundle_id
        )
    ).all()
    for row in pairs:
        known = set(db.scalars(sa.select(PHOTO.c.photo_id).where(PHOTO.c.hazard_id == row.hazard_id)))
        for photo in row.photo_ids:
            given_up = (row.given_up or {}).get(photo)
            dropped = {"dropped": "never_came", "dropped_at": row.made_at, "dropped_reason": given_up}
            if uuid.UUID(photo) not in known:
                link = {
                    "id": uuid.uuid4(), "hazard_id": row.hazard_id, "photo_id": uuid.UUID(photo),
                    "round_number": row.number, "place": "after", "caption": "", "added_at": row.made_at,
                    "dropped_reason": "",
                }  # fmt: skip
                db.execute(sa.insert(PHOTO).values(link | (dropped if given_up else {})))
            elif given_up:
                db.execute(
                    sa.update(PHOTO)
                    .where(PHOTO.c.hazard_id == row.hazard_id, PHOTO.c.photo_id == uuid.UUID(photo))
                    .values(dropped)
                )


def _bundles_from_links() -> None:
    """The after-photos of a submitted round as a bundle again, with the reasons of those given up."""
    db = op.get_bind()
    rounds = db.execute(
        sa.select(ROUND.c.id, ROUND.c.hazard_id, ROUND.c.number, ROUND.c.submitted_at).where(
            ROUND.c.submitted_at.is_not(None)
        )
    ).all()
    for row in rounds:
        links = db.execute(
            sa.select(PHOTO.c.photo_id, PHOTO.c.dropped, PHOTO.c.dropped_reason).where(
                PHOTO.c.hazard_id == row.hazard_id, PHOTO.c.round_number == row.number, PHOTO.c.place == "after"
            )
        ).all()
        if not links:
            continue
        bundle = uuid.uuid4()
        given_up = {str(link.photo_id): link.dropped_reason for link in links if link.dropped == "never_came"}
        db.execute(
            sa.insert(BUNDLE).values(
                id=bundle, subject_kind="hazard", subject_id=row.hazard_id, given_up=given_up,
                photo_ids=[str(link.photo_id) for link in links], made_at=row.submitted_at,
            )
        )  # fmt: skip
        db.execute(sa.update(ROUND).where(ROUND.c.id == row.id).values(bundle_id=bundle))


def _rounds_told_by_events() -> None:
    """Which rounds were seen mended by a witness stands in the events; a round without a row gets one."""
    db = op.get_bind()
    seen = {
        (row.hazard_id, _body(row.body).get("round"))
        for row in db.execute(
            sa.select(EVENT.c.hazard_id, EVENT.c.body).where(EVENT.c.step.in_(["fix_on_spot", "look_back_mended"]))
        )
    }
    known = set()
    for row in db.execute(sa.select(ROUND.c.id, ROUND.c.hazard_id, ROUND.c.number, ROUND.c.witness_person_id)).all():
        known.add((row.hazard_id, row.number))
        witnessed = row.witness_person_id is not None and (row.hazard_id, row.number) in seen
        db.execute(
            sa.update(ROUND).where(ROUND.c.id == row.id).values(witnessed=witnessed, evidence_from=row.number)
        )  # fmt: skip
    db.execute(
        sa.update(ROUND)
        .where(ROUND.c.verified_at.is_not(None), ROUND.c.submitted_at.is_(None))
        .values(submitted_at=ROUND.c.verified_at)
    )
    for row in db.execute(sa.select(HAZARD.c.id, HAZARD.c.round_number)).all():
        if (row.id, row.round_number) not in known:
            db.execute(
                sa.insert(ROUND).values(
                    id=uuid.uuid4(), hazard_id=row.id, number=row.round_number, evidence_from=row.round_number,
                    by_party=False, witnessed=False, closed_with_pass=False, words="", opinion="",
                )
            )  # fmt: skip


def _who_answers_disputes() -> None:
    """An open dispute is answered by who set the ordered date, else by who handed over (set the reply date)."""
    db = op.get_bind()
    ask = sa.table(
        "hazard_request", sa.column("id", sa.Uuid()), sa.column("hazard_id", sa.Uuid()), sa.column("step", sa.Text()),
        sa.column("details", sa.JSON()), sa.column("outcome", sa.Text()),
    )  # fmt: skip
    clock = sa.table(
        "hazard_clock", sa.column("hazard_id", sa.Uuid()), sa.column("kind", sa.Text()),
        sa.column("status", sa.Text()), sa.column("set_by_organisation_id", sa.Uuid()),
        sa.column("set_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    for row in db.execute(sa.select(ask.c.id, ask.c.hazard_id, ask.c.details).where(ask.c.step == "dispute")).all():
        answered_by = db.scalar(
            sa.select(clock.c.set_by_organisation_id)
            .where(
                clock.c.hazard_id == row.hazard_id,
                sa.or_(clock.c.status == "ordered", clock.c.kind == "reply"),
                clock.c.set_by_organisation_id.is_not(None),
            )
            .order_by(clock.c.status != "ordered", clock.c.set_at.desc())
            .limit(1)
        )
        if answered_by is not None:  # a dispute needs a hand-over first, and that sets the reply date
            details = _body(row.details) | {"answered_by": str(answered_by)}
            db.execute(sa.update(ask).where(ask.c.id == row.id).values(details=details))


def _body(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else (value or {})
    return found
