"""What is searched stands folded beside its words, and what logins have in common beside them: from the first row on."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.folding import fold
from inspect_app.kernel.spelling import login_key
from inspect_app.people import queries
from inspect_app.people.models import Account, Person
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import District, found

FOLDER = str(ROOT / "migrations")


def test_the_words_of_a_row_are_folded_with_it_and_with_every_change(app: Flask, district: District) -> None:
    hazard = found(district)
    place = db.session.get_one(Premises, hazard.premises_id)
    for model in (Premises, Person, Hazard):
        for row in db.session.scalars(select(model)):
            assert row.folded == fold(row)
            assert row.folded
    place.address = "ＸＸ路 １２ 号"
    db.session.flush()
    assert place.folded.endswith("\nxx路12号")
    assert (place.name, place.address) == ("王记面馆", "ＸＸ路 １２ 号"), "the words stay as they were written"
    assert place in premises.search(district.scope("du1"), "xx路12号")
    assert premises.search(district.scope("du1"), "面馆ＸＸ") == [], "a name does not run on into the address"


@pytest.mark.slow
def test_rows_of_before_are_folded_on_the_way_up_and_nothing_of_theirs_is_changed(
    own_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = own_town.district
    with writing():
        found(district)
        place = db.session.get_one(Premises, district.places[0])
        place.name, place.address = "老李（柳荫）ＫＴＶ", "cafe\u0301 路"
        db.session.get_one(Account, district.cast.accounts["daibiao1"]).login = "DaiBiao1"
    db.session.remove()
    monkeypatch.delenv("ALLOW_LOSS")
    downgrade(directory=FOLDER, revision="0018")  # what is made of other columns counts as no loss
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        logins = connection.execute(text("SELECT login, login_key FROM account")).all()
        assert ("DaiBiao1", "daibiao1") in [tuple(row) for row in logins]
    for model in (Premises, Person, Hazard):
        assert [row for row in db.session.scalars(select(model)) if row.folded != fold(row)] == []
    assert [row for row in db.session.scalars(select(Account)) if row.login_key != login_key(row.login)] == []
    place = db.session.get_one(Premises, district.places[0])
    assert (place.name, place.address) == ("老李（柳荫）ＫＴＶ", "cafe\u0301 路")
    assert premises.search(district.scope("du1"), "老李(柳荫)ktv") == [place]
    assert queries.by_login("DAIBIAO1") == db.session.get_one(Account, district.cast.accounts["daibiao1"])
