"""Files of the store that rot or vanish: copies are not shown damaged and are made anew, everything is named by what it is."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from inspect_app.casework.file_names import name_of
from inspect_app.evidence import actions as evidence
from inspect_app.evidence import copying
from inspect_app.evidence.models import Photo, PhotoCopy
from inspect_app.evidence.storage import FolderStorage
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.ids import new_id
from inspect_app.papers.models import Paper
from inspect_app.visits import actions as visits
from inspect_app.visits.models import VisitSignature
from tests.support import District, found
from tests.support import photo as received

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def storage(app: Flask) -> FolderStorage:
    kept: FolderStorage = app.extensions["storage"]
    return kept


@pytest.fixture
def shot(app: Flask, district: District, storage: FolderStorage) -> UUID:
    """A photo of a deputy, with its copies."""
    photo_id = received(storage, district, "daibiao1")
    db.session.commit()
    sweeps.make_photo_copies()
    return photo_id


def _copies(photo_id: UUID) -> dict[str, str]:
    rows = db.session.execute(select(PhotoCopy.kind, PhotoCopy.sha256).where(PhotoCopy.photo_id == photo_id))
    found = {row.kind: row.sha256 for row in rows}
    db.session.rollback()
    return found


def test_a_damaged_copy_is_not_shown_and_made_anew_from_the_original(
    shot: UUID, storage: FolderStorage, client_of: ClientOf
) -> None:
    client, before = client_of("daibiao1"), _copies(shot)
    path = storage.path(before["display"])
    path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
    answer = client.get(f"/photos/{shot}/display")
    assert answer.mimetype == "image/svg+xml"
    assert "正在重做" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    sweeps.remake_copies(shot)
    assert _copies(shot) == before, "the same picture gives the same copy"
    assert storage.whole(before["display"]) is not None
    assert client.get(f"/photos/{shot}/display").mimetype == "image/jpeg"


def test_a_lost_copy_is_found_without_anybody_looking(shot: UUID, storage: FolderStorage) -> None:
    before = _copies(shot)
    storage.path(before["thumb"]).unlink()
    sweeps._looked_over = None
    for _ in range(3):
        sweeps.look_over_copies()
        sweeps.make_photo_copies()
    assert _copies(shot) == before
    assert storage.whole(before["thumb"]) is not None


def test_where_the_original_is_no_better_nothing_is_touched(
    shot: UUID, storage: FolderStorage, caplog: pytest.LogCaptureFixture
) -> None:
    before, original = _copies(shot), db.session.get_one(Photo, shot).sha256
    kept = storage.path(original).read_bytes()
    try:
        storage.path(original).write_bytes(b"")
        storage.path(before["print"]).write_bytes(b"")
        with writing():
            assert not copying.remake_copies(storage, shot)
        assert _copies(shot) == before
        assert "neither its original" in caplog.text
        assert db.session.get_one(Photo, shot).refused_reason is None, "nobody is asked to take it again"
    finally:
        storage.path(original).write_bytes(kept)
        with writing():
            assert copying.remake_copies(storage, shot)


def test_a_file_is_named_by_what_it_is(app: Flask, district: District, storage: FolderStorage, shot: UUID) -> None:
    hazard = found(district)
    db.session.add(HazardPhoto(hazard_id=hazard.id, photo_id=shot, round_number=1, slot="before", added_at=clock.now()))
    deputy, visit_id = district.scope("daibiao1"), new_id()
    visits.start(
        visit_id, deputy, premises_id=district.places[0], captured_at=clock.now(),
        asked_on=dict.fromkeys(district.versions, clock.today()), times={},
    )  # fmt: skip
    signature = evidence.sign(
        storage, signature_id=new_id(), name="王", part="premises", image=_stroke(), reason="", text_sha256="a" * 64,
        captured_at=clock.now(), account_id=deputy.account_id,
    )  # fmt: skip
    db.session.add(VisitSignature(id=new_id(), visit_id=visit_id, signature_id=signature.id, part="premises"))
    paper = Paper(
        kind="tip", number="青人〔2026〕7号", issuer_id=district.cast.offices["street_congress"], year=2026, serial=7,
        premises_id=district.places[0], issued_on=clock.today(), content={}, content_sha256="", frozen_at=clock.now(),
        mark="M7", code="C", file_sha256=evidence.keep(storage, b"%PDF-1.7 seven", "application/pdf"),
    )  # fmt: skip
    db.session.add(paper)
    db.session.flush()
    photo = db.session.get_one(Photo, shot)
    named = name_of(photo.sha256)
    assert f"隐患 {hazard.number} " in named
    assert "照片的原件" in named
    assert photo.sha256[:12] in named
    assert "副本（看的，会从原件重做）" in name_of(_kinds(shot)["display"])
    assert "走访" in name_of(signature.file_sha256 or "")
    assert "签名（场所一方）" in name_of(signature.file_sha256 or "")
    assert "青人〔2026〕7号 的文件" in name_of(paper.file_sha256 or "")
    assert "没有登记用处" in name_of(evidence.keep(storage, b"nobody's", "text/plain"))


def _stroke() -> bytes:
    stroke = BytesIO()
    Image.new("RGB", (61, 21), "white").save(stroke, "PNG")
    return stroke.getvalue()


def _kinds(photo_id: UUID) -> dict[str, str]:
    rows = db.session.execute(select(PhotoCopy.kind, PhotoCopy.sha256).where(PhotoCopy.photo_id == photo_id))
    return {row.kind: row.sha256 for row in rows}
