"""lists that cost the same at any size: what they are narrowed to stands in the index they walk, counts and the words that are
searched are kept beside the hazards in their own transactions"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FAR = "coalesce(due_on, '9999-12-31')"
DANGER = "(CASE grade WHEN 'major' THEN 0 WHEN 'suspected_major' THEN 1 ELSE 2 END)"
# What a list may be narrowed to: read from the index that is walked, the wide rows are opened for one page alone.
NARROWING = (
    "area_id, state, grade, field, handler_id, due_on, item_code, found_by_person_id, premises_kind, source, declined_at, "
    "accepted_at, watched_at, round_number, recurs_hazard_id, first_receiver_id, party_id, premises_id, found_at"
)
OPEN_BY = {"due": f"{FAR}, id", "danger": f"{DANGER}, {FAR}, id", "found": "found_at, id"}
TALLIED = ("area_id", "state", "grade", "declined")
TALLIED_OF = "{0}.area_id, {0}.state, {0}.grade, {0}.declined_at IS NOT NULL"
SOURCES = "ck_hazard_source_known CHECK (source IN ('', 'visit', 'urgent', 'telephone', 'hotline', 'street', 'audit', 'media'))"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE = f"""
CREATE TRIGGER hazard_kind_made AFTER INSERT ON hazard BEGIN
  UPDATE hazard SET premises_kind = coalesce((SELECT kind FROM premises WHERE id = NEW.premises_id), NEW.premises_kind)
  WHERE id = NEW.id;
END;
CREATE TRIGGER hazard_kind_moved AFTER UPDATE OF premises_id ON hazard WHEN OLD.premises_id <> NEW.premises_id BEGIN
  UPDATE hazard SET premises_kind = coalesce((SELECT kind FROM premises WHERE id = NEW.premises_id), NEW.premises_kind)
  WHERE id = NEW.id;
END;
CREATE TRIGGER hazard_tally_made AFTER INSERT ON hazard BEGIN
  INSERT INTO hazard_tally ({", ".join(TALLIED)}, n) VALUES ({TALLIED_OF.format("NEW")}, 1);
END;
CREATE TRIGGER hazard_tally_gone AFTER DELETE ON hazard BEGIN
  INSERT INTO hazard_tally ({", ".join(TALLIED)}, n) VALUES ({TALLIED_OF.format("OLD")}, -1);
END;
CREATE TRIGGER hazard_tally_moved AFTER UPDATE OF area_id, state, grade, declined_at ON hazard
WHEN ({TALLIED_OF.format("OLD")}) IS NOT ({TALLIED_OF.format("NEW")}) BEGIN
  INSERT INTO hazard_tally ({", ".join(TALLIED)}, n)
  VALUES ({TALLIED_OF.format("OLD")}, -1), ({TALLIED_OF.format("NEW")}, 1);
END;
CREATE TRIGGER hazard_words_settled AFTER UPDATE OF settled_on ON hazard
WHEN (OLD.settled_on IS NULL) <> (NEW.settled_on IS NULL) BEGIN
  UPDATE hazard_words SET tokens = CASE WHEN NEW.settled_on IS NULL THEN 'zo' ELSE 'zs' END || substr(tokens, 3)
  WHERE hazard_id = NEW.id;
END;
CREATE TRIGGER hazard_words_gone AFTER DELETE ON hazard BEGIN
  DELETE FROM hazard_words WHERE hazard_id = OLD.id;
END;
CREATE TRIGGER hazard_words_renamed AFTER UPDATE OF name, address, phone ON premises
WHEN (OLD.name, OLD.address, OLD.phone) IS NOT (NEW.name, NEW.address, NEW.phone) BEGIN
  DELETE FROM hazard_words WHERE hazard_id IN (SELECT id FROM hazard WHERE premises_id = NEW.id);
END;
CREATE VIRTUAL TABLE hazard_words_index USING fts5
  (tokens, content='hazard_words', content_rowid='id', detail='none', tokenize='ascii');
CREATE TRIGGER hazard_words_index_made AFTER INSERT ON hazard_words BEGIN
  INSERT INTO hazard_words_index (rowid, tokens) VALUES (NEW.id, NEW.tokens);
END;
CREATE TRIGGER hazard_words_index_gone AFTER DELETE ON hazard_words BEGIN
  INSERT INTO hazard_words_index (hazard_words_index, rowid, tokens) VALUES ('delete', OLD.id, OLD.tokens);
END;
CREATE TRIGGER hazard_words_index_changed AFTER UPDATE OF tokens ON hazard_words WHEN OLD.tokens <> NEW.tokens BEGIN
  INSERT INTO hazard_words_index (hazard_words_index, rowid, tokens) VALUES ('delete', OLD.id, OLD.tokens);
  INSERT INTO hazard_words_index (rowid, tokens) VALUES (NEW.id, NEW.tokens);
END;
"""

POSTGRES = f"""
CREATE FUNCTION hazard_kind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW.premises_kind := coalesce((SELECT kind FROM premises WHERE id = NEW.premises_id), NEW.premises_kind);
  RETURN NEW;
END $$;
CREATE TRIGGER hazard_kind_made BEFORE INSERT ON hazard FOR EACH ROW EXECUTE FUNCTION hazard_kind();
CREATE TRIGGER hazard_kind_moved BEFORE UPDATE OF premises_id ON hazard FOR EACH ROW
  WHEN (OLD.premises_id <> NEW.premises_id) EXECUTE FUNCTION hazard_kind();
CREATE FUNCTION hazard_tally_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO hazard_tally ({", ".join(TALLIED)}, n) VALUES ({TALLIED_OF.format("OLD")}, -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO hazard_tally ({", ".join(TALLIED)}, n) VALUES ({TALLIED_OF.format("NEW")}, 1);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_tally_made AFTER INSERT ON hazard FOR EACH ROW EXECUTE FUNCTION hazard_tally_kept();
CREATE TRIGGER hazard_tally_gone AFTER DELETE ON hazard FOR EACH ROW EXECUTE FUNCTION hazard_tally_kept();
CREATE TRIGGER hazard_tally_moved AFTER UPDATE ON hazard FOR EACH ROW
  WHEN (({TALLIED_OF.format("OLD")}) IS DISTINCT FROM ({TALLIED_OF.format("NEW")})) EXECUTE FUNCTION hazard_tally_kept();
CREATE FUNCTION hazard_words_settled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE hazard_words SET tokens = CASE WHEN NEW.settled_on IS NULL THEN 'zo' ELSE 'zs' END || substr(tokens, 3)
  WHERE hazard_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_words_settled AFTER UPDATE ON hazard FOR EACH ROW
  WHEN ((OLD.settled_on IS NULL) <> (NEW.settled_on IS NULL)) EXECUTE FUNCTION hazard_words_settled();
CREATE FUNCTION hazard_words_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM hazard_words WHERE hazard_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_words_gone AFTER DELETE ON hazard FOR EACH ROW EXECUTE FUNCTION hazard_words_gone();
CREATE FUNCTION hazard_words_renamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  DELETE FROM hazard_words WHERE hazard_id IN (SELECT id FROM hazard WHERE premises_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_words_renamed AFTER UPDATE ON premises FOR EACH ROW
  WHEN ((OLD.name, OLD.address, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.address, NEW.phone))
  EXECUTE FUNCTION hazard_words_renamed();
CREATE INDEX ix_hazard_words_tokens ON hazard_words USING gin (array_to_tsvector(string_to_array(tokens, ' ')));
"""


def upgrade() -> None:
    op.execute("ALTER TABLE hazard ADD COLUMN premises_kind TEXT NOT NULL DEFAULT ''")
    op.execute(f"ALTER TABLE hazard ADD COLUMN source TEXT NOT NULL DEFAULT 'visit' CONSTRAINT {SOURCES}")
    op.execute(  # one pass over the wide rows
        "UPDATE hazard SET premises_kind = (SELECT kind FROM premises WHERE premises.id = hazard.premises_id), "
        "source = CASE WHEN visit_id IS NULL THEN 'urgent' ELSE 'visit' END"
    )
    for order, columns in OPEN_BY.items():
        op.execute(f"CREATE INDEX ix_hazard_open_by_{order} ON hazard ({_beside(columns)}) WHERE settled_on IS NULL")
    settled = _beside("settled_on, id").replace(", due_on", "")
    op.execute(f"CREATE INDEX ix_hazard_settled_by_day ON hazard ({settled}) WHERE settled_on IS NOT NULL")
    op.create_index("ix_premises_name", "premises", ["name", "id"])
    _create_tally()
    _create_words()
    _create_views()
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE.split("\nCREATE "):
            if statement.strip():
                op.execute("CREATE " + statement)
    else:
        op.execute(POSTGRES)


def _beside(columns: str) -> str:
    """The order of an index with what is read from it, no column twice."""
    first = columns.split(", ")
    return ", ".join((columns, *(name for name in NARROWING.split(", ") if name not in first)))


def _create_tally() -> None:
    op.create_table(
        "hazard_tally",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_tally")),
    )
    op.execute(
        f"INSERT INTO hazard_tally ({', '.join(TALLIED)}, n) "
        f"SELECT {TALLIED_OF.format('hazard')}, count(*) FROM hazard GROUP BY 1, 2, 3, 4"
    )


def _create_words() -> None:
    op.create_table(
        "hazard_words",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_words")),
        sa.UniqueConstraint("hazard_id", name=op.f("uq_hazard_words_hazard_id")),
    )


def _create_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_view_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_view_account_id_name")),
    )
    op.create_index(op.f("ix_saved_view_organisation_id"), "saved_view", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("saved_view")
    postgres = op.get_bind().dialect.name == "postgresql"
    for trigger in (
        "kind_made",
        "kind_moved",
        "tally_made",
        "tally_gone",
        "tally_moved",
        "words_settled",
        "words_gone",
    ):
        op.execute(f"DROP TRIGGER hazard_{trigger}{' ON hazard' if postgres else ''}")
    op.execute(f"DROP TRIGGER hazard_words_renamed{' ON premises' if postgres else ''}")
    if postgres:
        for function in (
            "hazard_words_renamed",
            "hazard_kind",
            "hazard_tally_kept",
            "hazard_words_settled",
            "hazard_words_gone",
        ):
            op.execute(f"DROP FUNCTION {function}()")
    else:
        op.execute("DROP TABLE hazard_words_index")
    for table in ("hazard_words", "hazard_tally"):
        op.execute(f"DROP TABLE {table}")  # made from the hazards, and made again from them: nothing is lost
    op.drop_index("ix_premises_name", "premises")
    for index in (*(f"open_by_{order}" for order in OPEN_BY), "settled_by_day"):
        op.execute(f"DROP INDEX ix_hazard_{index}")
    op.execute("ALTER TABLE hazard DROP COLUMN premises_kind")  # every place knows its own
    op.execute("UPDATE hazard SET source = '' WHERE source IN ('visit', 'urgent')")
    op.drop_column("hazard", "source")
