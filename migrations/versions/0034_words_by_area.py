"""words that are searched say in which area their hazard lies: a street's hits are counted without opening a row of another"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The second token of each, after whether it is open or settled; it is kept where a hazard moves past the session.
SQLITE_MOVED = """
CREATE TRIGGER hazard_words_moved AFTER UPDATE OF area_id ON hazard WHEN OLD.area_id <> NEW.area_id BEGIN
  UPDATE hazard_words SET tokens = substr(tokens, 1, 3) || 'a' || NEW.area_id || substr(tokens, 37) WHERE hazard_id = NEW.id;
END
"""
POSTGRES_MOVED = """
CREATE FUNCTION hazard_words_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE hazard_words SET tokens = substr(tokens, 1, 3) || 'a' || replace(NEW.area_id::text, '-', '') || substr(tokens, 37)
  WHERE hazard_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_words_moved AFTER UPDATE ON hazard FOR EACH ROW
  WHEN (OLD.area_id IS DISTINCT FROM NEW.area_id) EXECUTE FUNCTION hazard_words_moved();
"""
INDEX_CHANGED = """
CREATE TRIGGER hazard_words_index_changed AFTER UPDATE OF tokens ON hazard_words WHEN OLD.tokens <> NEW.tokens BEGIN
  INSERT INTO hazard_words_index (hazard_words_index, rowid, tokens) VALUES ('delete', OLD.id, OLD.tokens);
  INSERT INTO hazard_words_index (rowid, tokens) VALUES (NEW.id, NEW.tokens);
END
"""


def upgrade() -> None:
    if _on_postgres():
        op.execute(
            "UPDATE hazard_words SET tokens = substr(tokens, 1, 2) || ' a' || replace(hazard.area_id::text, '-', '') || substr(tokens, 3) "
            "FROM hazard WHERE hazard.id = hazard_words.hazard_id"
        )
        op.execute(POSTGRES_MOVED)
        return
    _rewrite(
        "substr(tokens, 1, 2) || ' a' || (SELECT area_id FROM hazard WHERE hazard.id = hazard_words.hazard_id) || substr(tokens, 3)"
    )
    op.execute(SQLITE_MOVED)


def downgrade() -> None:
    if _on_postgres():
        op.execute("DROP TRIGGER hazard_words_moved ON hazard")
        op.execute("DROP FUNCTION hazard_words_moved()")
        op.execute("UPDATE hazard_words SET tokens = substr(tokens, 1, 2) || substr(tokens, 37)")
        return
    op.execute("DROP TRIGGER hazard_words_moved")
    _rewrite("substr(tokens, 1, 2) || substr(tokens, 37)")


def _rewrite(tokens: str) -> None:
    """Change the tokens of every row and build the index anew: row by row it would cost several times as much."""
    op.execute("DROP TRIGGER hazard_words_index_changed")
    op.execute(f"UPDATE hazard_words SET tokens = {tokens}")
    op.execute("INSERT INTO hazard_words_index (hazard_words_index) VALUES ('rebuild')")
    op.execute(INDEX_CHANGED)


def _on_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
