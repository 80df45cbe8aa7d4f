"""What a clock that ran ahead has written waits for no year to come once the clock is right again."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from inspect_app.evidence import actions as evidence
from inspect_app.evidence import copying
from inspect_app.evidence import queries as evidence_queries
from inspect_app.hazards.models import Hazard
from inspect_app.intake import devices
from inspect_app.intake.epochs import begin_epoch, newest_epoch
from inspect_app.intake.models import Device
from inspect_app.jobs import health, sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.papers import issuing
from inspect_app.papers.models import Paper
from inspect_app.people import tries
from inspect_app.people.models import Account
from inspect_app.people.signing_in import Tries
from inspect_app.web.desk.today import urged_lately
from tests.support import PIXEL, District

YEARS = timedelta(days=1127)


def test_tries_begin_anew_and_are_tidied_up(app: Flask) -> None:
    at = tries.doors("password", "daibiao5", address="198.51.100.1", known_browser="known")
    with clock.stopped_at(clock.now() + YEARS):
        while not tries.count(at):
            pass
    assert tries.count(at) == timedelta(0)
    with clock.stopped_at(clock.now() + YEARS):
        tries.count_today("paper X 198.51.100.1", 5)
    assert tries.drop_old() == 1
    assert db.session.scalars(select(Tries.door)).all() == list(at.all)


def test_a_photo_is_tried_again_and_shown_as_waiting(app: Flask, district: District) -> None:
    photo = evidence.receive_photo(
        app.extensions["storage"], PIXEL, photo_id=new_id(), account_id=district.cast.accounts["daibiao1"]
    )
    photo.received_at, photo.retry_at = clock.now() + YEARS, clock.now() + YEARS
    db.session.commit()
    assert evidence_queries.stuck_photos(clock.now() - health.WAITS_LONG) == [photo]
    assert copying.make_waiting_copies(app.extensions["storage"]) == 1
    assert photo.copies_at is not None


def test_a_paper_is_drawn_and_waits_for_no_photo(app: Flask, district: District) -> None:
    asked = []

    def render(kind: str, *_: object) -> bytes:
        asked.append(kind)
        raise issuing.PictureMissing

    now = clock.now()
    for serial, ahead in enumerate((YEARS, timedelta(0)), 1):
        db.session.add(
            Paper(
                kind="tip", number=f"青人〔2026〕{serial}号", issuer_id=district.cast.offices["street_congress"], year=2026,
                serial=serial, premises_id=district.places[0], issued_on=clock.today(), content={}, content_sha256="",
                frozen_at=now + ahead, mark=f"M{serial}", code="C", journalled_at=now,
            )
        )  # fmt: skip
    db.session.commit()
    issuing.draw_waiting(render, lambda *_: "", app.extensions["keys"], app.extensions["numbers"])
    assert asked == ["tip", "tip"]
    assert sweeps.waited_long_enough(now + YEARS)
    assert not sweeps.waited_long_enough(now)


def test_a_lost_phone_is_found_by_who_signs_in_on_it(app: Flask, district: District) -> None:
    account = district.cast.accounts["daibiao1"]
    devices.note_contact(account, "", None, {"0b7f3c1e-phone": {1}}, clock.now())
    with clock.stopped_at(clock.now() + YEARS):
        assert devices.report_lost(account) == 1
    (row,) = db.session.scalars(select(Device)).all()
    assert devices.found_again(row.id, account, clock.now())
    devices.report_lost(account)
    assert not devices.found_again(row.id, account, clock.now() - timedelta(days=1))


def test_a_code_of_an_authenticator_is_taken_that_was_last_used_in_the_future(app: Flask, district: District) -> None:
    totp = app.extensions["totp"]
    account = db.session.get_one(Account, district.cast.accounts["du1"])
    account.tf_totp_secret = totp.generate_totp_secret()
    account.tf_last_counter = int((clock.now() + YEARS).timestamp()) // 30

    def takes(code: str) -> bool:
        return bool(totp.verify_totp(token=code, totp_secret=account.tf_totp_secret, user=account, window=60))

    code = totp.generate_totp_password(account.tf_totp_secret)
    assert takes(code)
    assert not takes(code), "each once"


def test_after_a_restore_the_epoch_is_a_new_one(app: Flask) -> None:
    with clock.stopped_at(clock.now() + YEARS):
        begin_epoch()
    assert begin_epoch() == newest_epoch()
    assert begin_epoch() == newest_epoch()


def test_a_hazard_may_be_urged_that_was_urged_in_the_future(app: Flask) -> None:
    def item(at: timedelta) -> Hazard:
        return Hazard(last_step="urge", last_event_at=clock.now() + at)

    assert not urged_lately(item(YEARS))
    assert urged_lately(item(-timedelta(hours=1)))
