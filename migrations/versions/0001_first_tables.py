"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Events are never updated or deleted; frozen here as they were on the day of this migration.
APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER hazard_event_no_UPDATE BEFORE UPDATE ON hazard_event"
        " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
        "CREATE TRIGGER hazard_event_no_DELETE BEFORE DELETE ON hazard_event"
        " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION hazard_event_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$",
        "CREATE TRIGGER hazard_event_no_change BEFORE UPDATE OR DELETE ON hazard_event"
        " FOR EACH ROW EXECUTE FUNCTION hazard_event_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_year", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("duty_phone", sa.Text(), nullable=False),
        sa.Column("gas_phone", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('district', 'street', 'community')", name=op.f("ck_area_kind_known")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.ForeignKeyConstraint(["successor_id"], ["area.id"], name=op.f("fk_area_successor_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", "code_year", name=op.f("uq_area_code_code_year")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)

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
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bundle_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "checklist_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("code", "content_hash", name=op.f("uq_checklist_version_code_content_hash")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_checklist_version_code_number")),
    )
    op.create_table(
        "epoch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_credit_code"), ["credit_code"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("mobile", name=op.f("uq_account_mobile")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_person_id"), ["person_id"], unique=False)

    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_duty_area_id_area")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("area_id", "person_id", "since", name=op.f("uq_duty_area_id_person_id_since")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_area_id"), ["area_id"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("letter_code", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("is_desk", sa.Boolean(), nullable=False),
        sa.CheckConstraint("side IN ('congress', 'government')", name=op.f("ck_organisation_side_known")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_organisation_area_id_area")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_area_id"), ["area_id"], unique=False)

    op.create_table(
        "premises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("crs", sa.Text(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("door_code", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('small_school', 'small_hospital', 'small_shop', 'small_restaurant', 'small_inn', 'small_entertainment', 'small_netcafe', 'small_beauty', 'small_workshop', 'crowded', 'residential', 'site', 'other')",
            name=op.f("ck_premises_kind_known"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed', 'gone')", name=op.f("ck_premises_status_known")),
        sa.CheckConstraint("(lon IS NULL) = (crs IS NULL)", name=op.f("ck_premises_position_names_its_system")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_premises_area_id_area")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["premises.id"], name=op.f("fk_premises_merged_into_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
        sa.UniqueConstraint("code", name=op.f("uq_premises_code")),
        sa.UniqueConstraint("door_code", name=op.f("uq_premises_door_code")),
    )
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.create_index("ix_premises_area", ["area_id", "name"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("premises_id IS NOT NULL OR party_id IS NOT NULL", name=op.f("ck_recusal_names_something")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_premises_id"), ["premises_id"], unique=False)

    op.create_table(
        "station",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_station_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("checklist_codes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_person_id"], ["person.id"], name=op.f("fk_assignment_made_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id_person")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_assignment_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "premises_id", "person_id", "on_day", name=op.f("uq_assignment_premises_id_person_id_on_day")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_day", ["person_id", "on_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_premises_id"), ["premises_id"], unique=False)

    op.create_table(
        "hazard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("checklist_version_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("finding", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("place_within", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("first_receiver_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("reinspected_on", sa.Date(), nullable=True),
        sa.Column("opinion_number", sa.Text(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("determined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awaiting_closure_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointed_person_id", sa.Uuid(), nullable=True),
        sa.Column("reply_on", sa.Date(), nullable=True),
        sa.Column("mending_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("last_step", sa.Text(), nullable=False),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_actor_name", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("recurs_hazard_id", sa.Uuid(), nullable=True),
        sa.Column("reopened_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(settled_on IS NULL) = (state IN ('awaiting_closure', 'awaiting_verification', 'found', 'rectifying'))",
            name=op.f("ck_hazard_settled_means_not_open"),
        ),
        sa.CheckConstraint("grade IN ('general', 'suspected_major', 'major')", name=op.f("ck_hazard_grade_known")),
        sa.CheckConstraint(
            "state <> 'merged' OR merged_into_id IS NOT NULL", name=op.f("ck_hazard_merged_names_target")
        ),
        sa.CheckConstraint(
            "state <> 'rectifying' OR handler_id IS NOT NULL", name=op.f("ck_hazard_rectifying_has_handler")
        ),
        sa.CheckConstraint(
            "state IN ('found', 'rectifying', 'awaiting_verification', 'awaiting_closure', 'closed', 'ended', 'void', 'merged')",
            name=op.f("ck_hazard_state_known"),
        ),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR merged_into_id <> id", name=op.f("ck_hazard_not_merged_into_itself")
        ),
        sa.CheckConstraint("round_number >= 1 AND version >= 1", name=op.f("ck_hazard_counts_positive")),
        sa.ForeignKeyConstraint(
            ["appointed_person_id"], ["person.id"], name=op.f("fk_hazard_appointed_person_id_person")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_hazard_area_id_area")),
        sa.ForeignKeyConstraint(
            ["checklist_version_id"],
            ["checklist_version.id"],
            name=op.f("fk_hazard_checklist_version_id_checklist_version"),
        ),
        sa.ForeignKeyConstraint(
            ["first_receiver_id"], ["organisation.id"], name=op.f("fk_hazard_first_receiver_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["found_by_person_id"], ["person.id"], name=op.f("fk_hazard_found_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["organisation.id"], name=op.f("fk_hazard_handler_id_organisation")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["hazard.id"], name=op.f("fk_hazard_merged_into_id_hazard")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_hazard_party_id_party")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_hazard_premises_id_premises")),
        sa.ForeignKeyConstraint(["recurs_hazard_id"], ["hazard.id"], name=op.f("fk_hazard_recurs_hazard_id_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard")),
        sa.UniqueConstraint("number", name=op.f("uq_hazard_number")),
    )
    with op.batch_alter_table("hazard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_found_by_person_id"), ["found_by_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index(
            "ix_hazard_open_area",
            ["area_id", "found_at", "id"],
            unique=False,
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.create_index(
            "ix_hazard_open_due",
            ["due_on", "id"],
            unique=False,
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.create_index(
            "ix_hazard_open_item",
            ["premises_id", "item_code"],
            unique=False,
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_hazard_premises_id"), ["premises_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to_person_id", sa.Uuid(), nullable=True),
        sa.Column("to_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(to_person_id IS NULL) <> (to_organisation_id IS NULL)", name=op.f("ck_message_one_receiver")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisation.id"], name=op.f("fk_message_to_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_message_to_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_organisation", ["to_organisation_id", "read_at"], unique=False)
        batch_op.create_index("ix_message_person", ["to_person_id", "read_at"], unique=False)

    op.create_table(
        "organisation_power",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_power_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_power")),
        sa.UniqueConstraint(
            "organisation_id", "power", "since", name=op.f("uq_organisation_power_organisation_id_power_since")
        ),
    )
    with op.batch_alter_table("organisation_power", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_power_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("file_key_id", sa.Text(), nullable=True),
        sa.Column("file_signature", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("wrong_codes_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state <> 'issued' OR file_sha256 IS NOT NULL", name=op.f("ck_paper_issued_has_file")),
        sa.CheckConstraint("state <> 'void' OR void_reason <> ''", name=op.f("ck_paper_void_has_reason")),
        sa.CheckConstraint("state IN ('issuing', 'issued', 'void')", name=op.f("ck_paper_state_known")),
        sa.ForeignKeyConstraint(["file_sha256"], ["stored_file.sha256"], name=op.f("fk_paper_file_sha256_stored_file")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisation.id"], name=op.f("fk_paper_issuer_id_organisation")),
        sa.ForeignKeyConstraint(["made_by_person_id"], ["person.id"], name=op.f("fk_paper_made_by_person_id_person")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_paper_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("issuer_id", "kind", "year", "serial", name=op.f("uq_paper_issuer_id_kind_year_serial")),
        sa.UniqueConstraint("mark", name=op.f("uq_paper_mark")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_number")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(
            "ix_paper_issuing",
            ["frozen_at"],
            unique=False,
            sqlite_where=sa.text("state = 'issuing'"),
            postgresql_where=sa.text("state = 'issuing'"),
        )
        batch_op.create_index(batch_op.f("ix_paper_premises_id"), ["premises_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "paper_series",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "year", name=op.f("pk_paper_series")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("crs", sa.Text(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.Text(), nullable=True),
        sa.Column("marks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lines", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("copies_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("source IN ('camera', 'album', 'unknown')", name=op.f("ck_photo_source_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_photo_account_id_account")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_photo_sha256_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "ix_photo_without_copies",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("copies_at IS NULL AND refused_reason IS NULL"),
            postgresql_where=sa.text("copies_at IS NULL AND refused_reason IS NULL"),
        )

    op.create_table(
        "premises_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('operator', 'owner', 'manager', 'user')", name=op.f("ck_premises_party_role_known")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_premises_party_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_premises_party_party_id_party")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_premises_party_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises_party")),
    )
    with op.batch_alter_table("premises_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_premises_party_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_premises_party_premises_id"), ["premises_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_receipt_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_tries", ["typed", "address", "at"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("file_sha256 IS NOT NULL OR reason <> ''", name=op.f("ck_signature_signed_or_reason")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signature_account_id_account")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_signature_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("congress_term", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('deputy', 'supervisor', 'handler', 'leader', 'auditor', 'administrator')",
            name=op.f("ck_term_role_known"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_term_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_term_area_id_area")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_term_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_term_person_id_person")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_term_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("ix_term_person", ["person_id", "since"], unique=False)

    op.create_table(
        "urgent_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=True),
        sa.Column("danger", sa.Text(), nullable=False),
        sa.Column("where_words", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("photos", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urged_count", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("hazard_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "danger IN ('gas', 'fire', 'locked_in', 'collapse', 'other')", name=op.f("ck_urgent_call_danger_known")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR hazard_id IS NOT NULL OR end_reason <> ''",
            name=op.f("ck_urgent_call_ended_has_reason"),
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name=op.f("ck_urgent_call_acknowledged_by_a_person"),
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["person.id"], name=op.f("fk_urgent_call_acknowledged_by_id_person")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_urgent_call_area_id_area")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urgent_call_person_id_person")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_urgent_call_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_call")),
    )
    with op.batch_alter_table("urgent_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_urgent_call_area_id"), ["area_id"], unique=False)

    op.create_table(
        "hazard_clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("roll_over", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("set_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("set_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('triage', 'reply', 'mending', 'verification', 'closure')", name=op.f("ck_hazard_clock_kind_known")
        ),
        sa.CheckConstraint("status IN ('proposed', 'set', 'ordered')", name=op.f("ck_hazard_clock_status_known")),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_clock_hazard_id_hazard")),
        sa.ForeignKeyConstraint(
            ["set_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hazard_clock_set_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by_person_id"], ["person.id"], name=op.f("fk_hazard_clock_set_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_clock")),
    )
    with op.batch_alter_table("hazard_clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_clock_hazard_id"), ["hazard_id"], unique=False)

    op.create_table(
        "hazard_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(step IN ('pass', 'fail')) <= (person_id IS NOT NULL)", name=op.f("ck_hazard_event_verified_by_a_person")
        ),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_event_hazard_id_hazard")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hazard_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_event")),
        sa.UniqueConstraint("hazard_id", "seq", name=op.f("uq_hazard_event_hazard_id_seq")),
    )
    with op.batch_alter_table("hazard_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_event_at"), ["at"], unique=False)

    op.create_table(
        "hazard_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "place IN ('before', 'after', 'look', 'document')", name=op.f("ck_hazard_photo_place_known")
        ),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_photo_hazard_id_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_photo")),
        sa.UniqueConstraint("hazard_id", "photo_id", name=op.f("uq_hazard_photo_hazard_id_photo_id")),
    )
    with op.batch_alter_table("hazard_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_photo_hazard_id"), ["hazard_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_photo_photo_id"), ["photo_id"], unique=False)

    op.create_table(
        "hazard_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("asked_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'granted' OR asked_by_person_id IS NULL OR decided_by_person_id <> asked_by_person_id",
            name=op.f("ck_hazard_request_second_person_decides"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('granted', 'refused', 'lapsed')",
            name=op.f("ck_hazard_request_outcome_known"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name=op.f("ck_hazard_request_decided_has_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hazard_request_asked_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_person_id"], ["person.id"], name=op.f("fk_hazard_request_asked_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["person.id"], name=op.f("fk_hazard_request_decided_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_request_hazard_id_hazard")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_request")),
    )
    with op.batch_alter_table("hazard_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_request_hazard_id"), ["hazard_id"], unique=False)

    op.create_table(
        "hazard_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_party", sa.Boolean(), nullable=False),
        sa.Column("mended_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("witness_person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=True),
        sa.Column("verified_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("verified_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("closed_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("closed_with_pass", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('pass', 'fail')", name=op.f("ck_hazard_round_outcome_known")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (verified_by_person_id IS NULL)", name=op.f("ck_hazard_round_verified_by_a_person")
        ),
        sa.CheckConstraint(
            "closed_by_person_id IS NULL OR verified_by_person_id IS NULL OR closed_by_person_id <> verified_by_person_id OR closed_with_pass",
            name=op.f("ck_hazard_round_closer_is_not_verifier"),
        ),
        sa.CheckConstraint(
            "verified_by_organisation_id IS NULL OR mended_by_organisation_id IS NULL OR verified_by_organisation_id <> mended_by_organisation_id",
            name=op.f("ck_hazard_round_verifier_not_of_mending_organisation"),
        ),
        sa.CheckConstraint(
            "verified_by_organisation_id IS NULL OR submitted_by_organisation_id IS NULL OR verified_by_organisation_id <> submitted_by_organisation_id",
            name=op.f("ck_hazard_round_verifier_not_of_submitting_organisation"),
        ),
        sa.CheckConstraint(
            "verified_by_person_id IS NULL OR submitted_by_person_id IS NULL OR verified_by_person_id <> submitted_by_person_id",
            name=op.f("ck_hazard_round_verifier_is_not_submitter"),
        ),
        sa.CheckConstraint(
            "verified_by_person_id IS NULL OR witness_person_id IS NULL OR verified_by_person_id <> witness_person_id",
            name=op.f("ck_hazard_round_verifier_is_not_witness"),
        ),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_hazard_round_bundle_id_bundle")),
        sa.ForeignKeyConstraint(
            ["closed_by_person_id"], ["person.id"], name=op.f("fk_hazard_round_closed_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_round_hazard_id_hazard")),
        sa.ForeignKeyConstraint(
            ["mended_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hazard_round_mended_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hazard_round_submitted_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_person_id"], ["person.id"], name=op.f("fk_hazard_round_submitted_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hazard_round_verified_by_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_person_id"], ["person.id"], name=op.f("fk_hazard_round_verified_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["witness_person_id"], ["person.id"], name=op.f("fk_hazard_round_witness_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_round")),
        sa.UniqueConstraint("hazard_id", "number", name=op.f("uq_hazard_round_hazard_id_number")),
    )
    with op.batch_alter_table("hazard_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_round_hazard_id"), ["hazard_id"], unique=False)

    op.create_table(
        "hazard_sighting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_hazard_sighting_hazard_id_hazard")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hazard_sighting_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_sighting")),
    )
    with op.batch_alter_table("hazard_sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_sighting_hazard_id"), ["hazard_id"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("times", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('applied', 'refused', 'waiting')", name=op.f("ck_journal_entry_outcome_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_journal_entry_account_id_account")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_journal_entry_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_journal_entry_device", ["device", "seq"], unique=False)

    op.create_table(
        "paper_line",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_paper_line_hazard_id_hazard")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_line_paper_id_paper")),
        sa.PrimaryKeyConstraint("paper_id", "hazard_id", name=op.f("pk_paper_line")),
        sa.UniqueConstraint("paper_id", "position", name=op.f("uq_paper_line_paper_id_position")),
    )
    with op.batch_alter_table("paper_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_line_hazard_id"), ["hazard_id"], unique=False)

    op.create_table(
        "photo_copy",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('display', 'print', 'thumb')", name=op.f("ck_photo_copy_kind_known")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_copy_photo_id_photo")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_photo_copy_sha256_stored_file")),
        sa.PrimaryKeyConstraint("photo_id", "kind", name=op.f("pk_photo_copy")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.Column("no_receipt_reason", sa.Text(), nullable=False),
        sa.Column("served_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "signature_id IS NOT NULL OR received_by <> '' OR no_receipt_reason <> ''",
            name=op.f("ck_service_receipt_or_reason"),
        ),
        sa.CheckConstraint("way IN ('in_person', 'scan', 'post', 'left')", name=op.f("ck_service_way_known")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_service_paper_id_paper")),
        sa.ForeignKeyConstraint(
            ["served_by_person_id"], ["person.id"], name=op.f("fk_service_served_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_service_signature_id_signature")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("how_started", sa.Text(), nullable=False),
        sa.Column("arranged_by", sa.Text(), nullable=False),
        sa.Column("companions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=False),
        sa.Column("outcome_photos", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("next_try_on", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_person_id", sa.Uuid(), nullable=True),
        sa.Column("text_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("how_started IN ('arranged', 'with_card', 'group')", name=op.f("ck_visit_how_known")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('inspected', 'locked', 'not_received', 'moved', 'out_of_business', 'renovating', 'not_found')",
            name=op.f("ck_visit_outcome_known"),
        ),
        sa.CheckConstraint("submitted_at IS NULL OR outcome IS NOT NULL", name=op.f("ck_visit_submitted_has_outcome")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visit_account_id_account")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id_person")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_visit_premises_id_premises")),
        sa.ForeignKeyConstraint(
            ["submitted_by_person_id"], ["person.id"], name=op.f("fk_visit_submitted_by_person_id_person")
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_visit_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_premises_id"), ["premises_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_submitted_at"), ["submitted_at"], unique=False)

    op.create_table(
        "hazard_event_words",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("withheld_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["hazard_event.id"], name=op.f("fk_hazard_event_words_event_id_hazard_event")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_hazard_event_words")),
    )
    op.create_table(
        "visit_answer",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_answer_person_id_person")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_answer_visit_id_visit")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_visit_answer")),
    )
    with op.batch_alter_table("visit_answer", schema=None) as batch_op:
        batch_op.create_index("ix_visit_answer_visit", ["visit_id"], unique=False)

    op.create_table(
        "visit_checklist",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_visit_checklist_version_id_checklist_version")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_checklist_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", "version_id", name=op.f("pk_visit_checklist")),
    )
    op.create_table(
        "visit_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_visit_signature_signature_id_signature")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_signature_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_signature")),
    )
    with op.batch_alter_table("visit_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_signature_visit_id"), ["visit_id"], unique=False)

    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("visit_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_signature_visit_id"))

    op.drop_table("visit_signature")
    op.drop_table("visit_checklist")
    with op.batch_alter_table("visit_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_answer_visit")

    op.drop_table("visit_answer")
    op.drop_table("hazard_event_words")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_submitted_at"))
        batch_op.drop_index(batch_op.f("ix_visit_premises_id"))
        batch_op.drop_index(batch_op.f("ix_visit_person_id"))

    op.drop_table("visit")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_paper_id"))

    op.drop_table("service")
    op.drop_table("photo_copy")
    with op.batch_alter_table("paper_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_line_hazard_id"))

    op.drop_table("paper_line")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entry_device")
        batch_op.drop_index(batch_op.f("ix_journal_entry_account_id"))

    op.drop_table("journal_entry")
    with op.batch_alter_table("hazard_sighting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_sighting_hazard_id"))

    op.drop_table("hazard_sighting")
    with op.batch_alter_table("hazard_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_round_hazard_id"))

    op.drop_table("hazard_round")
    with op.batch_alter_table("hazard_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_request_hazard_id"))

    op.drop_table("hazard_request")
    with op.batch_alter_table("hazard_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_photo_photo_id"))
        batch_op.drop_index(batch_op.f("ix_hazard_photo_hazard_id"))

    op.drop_table("hazard_photo")
    with op.batch_alter_table("hazard_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_event_at"))

    op.drop_table("hazard_event")
    with op.batch_alter_table("hazard_clock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_clock_hazard_id"))

    op.drop_table("hazard_clock")
    with op.batch_alter_table("urgent_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_urgent_call_area_id"))

    op.drop_table("urgent_call")
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.drop_index("ix_term_person")
        batch_op.drop_index(batch_op.f("ix_term_organisation_id"))

    op.drop_table("term")
    op.drop_table("signature")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_tries")

    op.drop_table("sign_in")
    op.drop_table("receipt")
    with op.batch_alter_table("premises_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premises_party_premises_id"))
        batch_op.drop_index(batch_op.f("ix_premises_party_party_id"))

    op.drop_table("premises_party")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_photo_without_copies",
            sqlite_where=sa.text("copies_at IS NULL AND refused_reason IS NULL"),
            postgresql_where=sa.text("copies_at IS NULL AND refused_reason IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_photo_sha256"))
        batch_op.drop_index(batch_op.f("ix_photo_account_id"))

    op.drop_table("photo")
    op.drop_table("paper_series")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_visit_id"))
        batch_op.drop_index(batch_op.f("ix_paper_premises_id"))
        batch_op.drop_index(
            "ix_paper_issuing", sqlite_where=sa.text("state = 'issuing'"), postgresql_where=sa.text("state = 'issuing'")
        )

    op.drop_table("paper")
    with op.batch_alter_table("organisation_power", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_power_organisation_id"))

    op.drop_table("organisation_power")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_person")
        batch_op.drop_index("ix_message_organisation")

    op.drop_table("message")
    with op.batch_alter_table("hazard", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_visit_id"))
        batch_op.drop_index(batch_op.f("ix_hazard_premises_id"))
        batch_op.drop_index(
            "ix_hazard_open_item",
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.drop_index(
            "ix_hazard_open_due",
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.drop_index(
            "ix_hazard_open_area",
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_hazard_handler_id"))
        batch_op.drop_index(batch_op.f("ix_hazard_found_by_person_id"))
        batch_op.drop_index(batch_op.f("ix_hazard_area_id"))

    op.drop_table("hazard")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_premises_id"))
        batch_op.drop_index("ix_assignment_day")

    op.drop_table("assignment")
    op.drop_table("station")
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recusal_premises_id"))
        batch_op.drop_index(batch_op.f("ix_recusal_person_id"))
        batch_op.drop_index(batch_op.f("ix_recusal_party_id"))

    op.drop_table("recusal")
    with op.batch_alter_table("premises", schema=None) as batch_op:
        batch_op.drop_index("ix_premises_area")

    op.drop_table("premises")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_area_id"))

    op.drop_table("organisation")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duty_area_id"))

    op.drop_table("duty")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_person_id"))

    op.drop_table("account")
    op.drop_table("stored_file")
    op.drop_table("person")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_credit_code"))

    op.drop_table("party")
    op.drop_table("epoch")
    op.drop_table("checklist_version")
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bundle_subject_id"))

    op.drop_table("bundle")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_parent_id"))

    op.drop_table("area")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS hazard_event_refuse()")
