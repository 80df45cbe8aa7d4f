"""The day on which a legal basis ends: one administrator writes it, another confirms, and from then on it counts everywhere."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from inspect_app.checklists import basis_ends, drafts, library, queries
from inspect_app.checklists.models import BasisEnd
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from tests.support import District, draft_of, rows_in

ClientOf = Callable[[str], FlaskClient]
BASIS = "fire-28"
DAY = date(2026, 12, 31)


def _ended(basis_id: str, until: date | None, first: UUID, second: UUID) -> None:
    basis_ends.confirm(basis_ends.ask(basis_id, until, "被新的规定代替", first).id, second)


def test_it_counts_once_a_second_person_confirmed(first: UUID, second: UUID) -> None:
    row = basis_ends.ask(BASIS, DAY, "被新的规定代替", first)
    assert queries.known_bases()[BASIS].until is None
    with pytest.raises(Refused, match="另一位管理员"):
        basis_ends.confirm(row.id, first)
    basis_ends.confirm(row.id, second)
    assert queries.known_bases()[BASIS].until == DAY
    assert {name for name, one in queries.known_bases().items() if one != library.bases()[name]} == {BASIS}
    with pytest.raises(Stale):
        basis_ends.drop(row.id, second)


def test_the_database_itself_knows_one_person_from_another(first: UUID) -> None:
    row = basis_ends.ask(BASIS, DAY, "x", first)
    with pytest.raises(IntegrityError):
        db.session.execute(
            update(BasisEnd).where(BasisEnd.id == row.id).values(confirmed_by_person_id=first, confirmed_at=clock.now())
        )


def test_one_waits_at_a_time_and_what_was_taken_back_counts_for_nothing(first: UUID, second: UUID) -> None:
    row = basis_ends.ask(BASIS, DAY, "x", first)
    with pytest.raises(Refused, match="在等另一位"):
        basis_ends.ask(BASIS, DAY, "再按了一次", second)
    assert rows_in(BasisEnd) == 1
    basis_ends.drop(row.id, first)
    with pytest.raises(Stale):
        basis_ends.confirm(row.id, second)
    assert queries.known_bases()[BASIS].until is None


def test_of_those_confirmed_the_last_holds_and_none_is_overwritten(first: UUID, second: UUID) -> None:
    for until in (DAY, date(2027, 6, 30), None):
        _ended(BASIS, until, first, second)
    assert queries.known_bases()[BASIS].until is None, "it goes on after all"
    assert [row.end.until for row in queries.ends_of(BASIS)] == [None, date(2027, 6, 30), DAY]


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [(date(1901, 1, 1), "x", "until"), (date(3000, 1, 1), "x", "until"), (DAY, " ", "reason")],
)
def test_an_impossible_day_or_no_reason_is_refused(until: date, reason: str, field: str, first: UUID) -> None:
    with pytest.raises(Refused) as refusal:
        basis_ends.ask(BASIS, until, reason, first)
    assert refusal.value.field == field
    with pytest.raises(NotThere):
        basis_ends.ask("made-up", DAY, "x", first)


def test_what_rests_on_it_follows(app: Flask, first: UUID, second: UUID) -> None:
    """A draft that cites it cannot be published any more; a rule of suspicion that rests on it ends with it."""
    rule = next(rule for rule in library.suspicion_rules() if rule.basis)
    assert rule.basis is not None
    today = clock.today()
    _ended(rule.basis.id, today - timedelta(days=1), first, second)
    assert rule.id not in {one.id for one in queries.rules_on(today)}
    draft = draft_of(app.extensions["storage"], first)
    cited = queries.version(queries.in_force("gas-kitchen").id).items[0].bases[0].id
    if cited != rule.basis.id:
        _ended(cited, today - timedelta(days=1), first, second)
    with pytest.raises(Refused, match="失效"):
        drafts.publish(draft.id, second, queries.known_bases(), {"G-SMELL-01": "together"})


def test_the_page_says_what_cites_it_and_leads_to_the_end(client_of: ClientOf, district: District) -> None:
    mine, theirs = client_of("guanli1"), client_of("guanli2")
    page = mine.get(f"/library/bases/{BASIS}").text
    assert "引用它的" in page
    assert "没换之前那些检查表出不了新的一版" in page
    for data, words in (({"until": "2026-02-30", "reason": "x"}, "日期不对"), ({"until": "2026-12-31"}, "请写为什么")):
        refused = mine.post(f"/library/bases/{BASIS}/end", data=data)
        assert (refused.status_code, words in refused.text) == (422, True)
    assert (
        mine.post(f"/library/bases/{BASIS}/end", data={"until": "2026-12-31", "reason": "被新法代替"}).status_code
        == 303
    )
    end = db.session.query(BasisEnd).one()
    assert mine.post(f"/library/bases/{BASIS}/end/{end.id}/confirm").status_code == 422
    asked = theirs.get(f"/library/bases/{BASIS}").text
    assert "被新法代替" in asked
    assert "没换之前那些检查表出不了新的一版" in asked, "who confirms sees what follows"
    assert theirs.post(f"/library/bases/{BASIS}/end/{end.id}/confirm").status_code == 303
    assert "2026年12月31日" in theirs.get(f"/library/bases/{BASIS}").text.partition("<dt>施行")[2].partition("</dd>")[0]
    assert "失效日期" not in client_of("daibiao1").get(f"/library/bases/{BASIS}").text
