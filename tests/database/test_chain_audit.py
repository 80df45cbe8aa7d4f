"""What somebody with the database's own rights changes is found and named; two at once never fork a chain."""

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.hazards import audit, heads
from inspect_app.hazards.actions import handing, merging, settling
from inspect_app.hazards.chain import check
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.locking import lock
from inspect_app.hazards.log import links
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.premises import merging as premises_merging
from tests.originals import Town
from tests.support import District, found, handed_over, to_be_verified, verified

from .life import days_later, without_triggers


def _closed(app: Flask, district: District) -> Hazard:
    """A closed hazard, everything written out."""
    hazard = verified(district, to_be_verified(district, app.extensions["storage"]), "du2")
    db.session.flush()
    return hazard


def _faults(app: Flask, folder: Path) -> list[str]:
    db.session.flush()
    db.session.expire_all()
    return audit.verify(folder, app.extensions["keys"], app.extensions["storage"])[0]


def _raw(hazard: Hazard) -> object:
    return hazard.id.hex if db.session.connection().dialect.name == "sqlite" else hazard.id


def test_an_untouched_district_has_no_fault(app: Flask, district: District, tmp_path: Path) -> None:
    _closed(app, district)
    heads.write(tmp_path, app.extensions["keys"])
    assert _faults(app, tmp_path) == []


def test_merged_places_leave_every_chain_as_it_is(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = _closed(app, district)
    heads.write(tmp_path, app.extensions["keys"])
    other = next(place for place in district.places if place != hazard.premises_id)
    made = premises_merging.merge(district.scope("du1"), hazard.premises_id, other, "同一家")
    assert _faults(app, tmp_path) == []
    premises_merging.undo(district.scope("du1"), made.id, "看错了")
    assert _faults(app, tmp_path) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("grade", "major"), ("mending_on", date(2031, 1, 1)), ("reopened_count", 3), ("title", "别的问题"),
        ("place_within", "后门"), ("order_number", "假的1号"), ("round_number", 2),
    ],
)  # fmt: skip
def test_a_column_changed_beside_the_chain_is_found(
    app: Flask, district: District, tmp_path: Path, column: str, value: object
) -> None:
    hazard = _closed(app, district)
    db.session.execute(text(f"UPDATE hazard SET {column} = :v WHERE id = :h").bindparams(v=value, h=_raw(hazard)))
    faults = _faults(app, tmp_path)
    assert len(faults) == 1
    assert hazard.number in faults[0]


def test_a_changed_event_is_named_by_its_number(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = _closed(app, district)
    without_triggers()
    other = district.cast.persons["daibiao7"]
    event = db.session.scalars(select(Event).where(Event.hazard_id == hazard.id, Event.seq == 3)).one()
    event.person_id = other  # who took it over, in the column that lists read
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 3 条显示的步骤、人或时间和存证的内容不一样"]
    event.person_id = district.cast.persons["jiedao1"]
    event.body = event.body | {"facts": {"forged": True}}
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 3 条的内容和当时的指纹对不上"]


def test_changed_and_removed_words_are_found_and_withheld_ones_are_not_a_fault(
    app: Flask, district: District, tmp_path: Path
) -> None:
    hazard = _closed(app, district)
    rows = db.session.scalars(
        select(EventWords).join(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq)
    ).all()
    kept = dict(rows[-1].words or {})
    rows[-1].words = {"opinion": "没有看过"}
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 5 条的文字和当时的指纹对不上"]
    rows[-1].words = None
    assert "也没有删除的决定" in _faults(app, tmp_path)[0]
    rows[-1].withheld_reason = "依〔2026〕1号决定"
    assert _faults(app, tmp_path) == []
    rows[-1].words, rows[-1].withheld_reason = kept, None
    db.session.delete(rows[0])
    assert "第 1 条的文字不见了" in _faults(app, tmp_path)[0]


def test_another_verifier_written_into_the_round_is_found(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = _closed(app, district)
    row = db.session.scalars(select(MendingRound).where(MendingRound.hazard_id == hazard.id)).one()
    row.verified_by_person_id = district.cast.persons["daibiao9"]
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 1 轮的核验人或结论和记录的不一样"]


def test_an_exchanged_photo_and_a_changed_file_are_found(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = _closed(app, district)
    shot = db.session.scalars(select(Photo)).one()
    db.session.add(
        StoredFile(
            sha256=app.extensions["storage"].put(b"other"), size=5, media_type="image/jpeg", stored_at=clock.now()
        )
    )
    db.session.flush()
    original, shot.sha256 = shot.sha256, app.extensions["storage"].put(b"other")
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 5 条所凭的照片有 1 张不见了或被换过"]
    shot.sha256 = original
    path = app.extensions["storage"].path(original)
    data = path.read_bytes()
    try:
        path.write_bytes(b"changed")
        assert _faults(app, tmp_path) == [f"文件 {original[:12]} 被改过"]
        path.unlink()
        assert _faults(app, tmp_path) == [f"文件 {original[:12]} 不见了"]
    finally:
        path.write_bytes(data)


def _remove_events(hazard: Hazard, condition: str = "") -> None:
    events = f"SELECT id FROM hazard_event WHERE hazard_id = :h {condition}"
    db.session.execute(text(f"DELETE FROM hazard_event_words WHERE event_id IN ({events})").bindparams(h=_raw(hazard)))
    db.session.execute(text(f"DELETE FROM hazard_event WHERE hazard_id = :h {condition}").bindparams(h=_raw(hazard)))


def test_a_cut_off_tail_is_found_by_the_head(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = handed_over(district, found(district))
    assert heads.write(tmp_path, app.extensions["keys"])
    without_triggers()
    _remove_events(hazard, "AND seq = 2")
    assert _faults(app, tmp_path) == [f"{hazard.number}：第 2 条起到第 2 条被删掉了"]


def test_a_hazard_removed_whole_is_found_by_the_head(app: Flask, district: District, tmp_path: Path) -> None:
    hazard = found(district)
    assert heads.write(tmp_path, app.extensions["keys"])
    without_triggers()
    _remove_events(hazard)
    for table in ("hazard_clock", "hazard_round"):
        db.session.execute(text(f"DELETE FROM {table} WHERE hazard_id = :h").bindparams(h=_raw(hazard)))
    lost = str(hazard.id)
    db.session.execute(text("DELETE FROM hazard WHERE id = :h").bindparams(h=_raw(hazard)))
    assert _faults(app, tmp_path) == [f"签过名的隐患 {lost} 不见了"]


def test_heads_begin_with_the_first_chain_and_their_removal_is_found(
    app: Flask, district: District, tmp_path: Path
) -> None:
    keys, folder = app.extensions["keys"], tmp_path / "heads"
    with days_later(0):
        assert not heads.write(folder, keys)  # nothing to sign for: an empty head would spend the day
        found(district)
        assert heads.write(folder, keys)
        assert not heads.write(folder, keys)
    with days_later(1):
        found(district, item="F-EXIT-02")
        assert heads.write(folder, keys)
        newest = sorted(folder.glob("*.json"))[-1]
    with days_later(2):
        assert _faults(app, folder) == []
        newest.rename(tmp_path / "aside")
        assert _faults(app, folder) == ["2026-11-02 之后没有每日存证"]
        (tmp_path / "aside").rename(newest)
        raw: dict[str, Any] = json.loads(newest.read_text())
        newest.write_text(json.dumps(raw | {"document": raw["document"].replace('"day"', '"Day"')}))
        assert _faults(app, folder)[0] == "2026-11-03 的每日存证读不出来"
        for path in folder.glob("*.json"):
            path.unlink()
        assert _faults(app, folder) == ["一直没有每日存证"]


@pytest.mark.slow
def test_steps_taken_at_once_on_one_hazard_stand_in_one_chain(own_town: Town) -> None:
    district = own_town.district
    with writing():
        hazard_id = handed_over(district, found(district)).id
    db.session.remove()
    faults: list[str] = []

    def urge() -> None:
        with own_town.app.app_context():
            try:
                for _ in range(5):
                    with writing():
                        handing.urge(
                            lock(hazard_id), district.actor("du1"), to_organisation_id=None, channel="phone", words="快"
                        )
            except Exception as fault:
                faults.append(repr(fault))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=urge) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    chain = links(hazard_id)
    assert check(chain) is None
    assert len(chain) == 2 + 6 * 5
    assert db.session.get_one(Hazard, hazard_id).version == len(chain)


@pytest.mark.slow
def test_two_who_merge_crosswise_neither_block_each_other_nor_both_win(own_town: Town) -> None:
    district = own_town.district
    with writing():
        pair = [found(district).id, found(district, item="F-EXIT-02").id]
        for hazard_id, target_id in (pair, pair[::-1]):
            merging.ask_merge(lock(hazard_id), district.actor("du1"), target_id=target_id, reason="同一处")
    db.session.remove()
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def merge(hazard_id: Any, target_id: Any) -> None:
        with own_town.app.app_context():
            try:
                gate.wait()
                with writing():
                    merging.merge(lock(hazard_id, beside=[target_id]), district.actor("du2"))
                outcomes.append("merged")
            except Refused:
                outcomes.append("refused")
            except Exception as fault:
                outcomes.append(repr(fault))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=merge, args=both) for both in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    states = sorted(db.session.scalars(select(Hazard.state)))
    assert states == ["found", "merged"]
    assert all(check(links(hazard_id)) is None for hazard_id in pair)


def test_two_who_confirm_at_once_confirm_once(app: Flask, district: District) -> None:
    hazard = found(district)
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    settling.confirm(lock(hazard.id), district.actor("du2"))
    with pytest.raises(Refused):
        settling.confirm(lock(hazard.id), district.actor("zheng1"))
    assert [link.body["step"] for link in links(hazard.id)].count("void") == 1
