"""What a paper says, must say and must not say; what it may fetch."""

from collections.abc import Callable
from io import BytesIO

import pdfplumber
import pytest

from inspect_app.kernel.errors import Refused
from inspect_app.papers import page, samples
from inspect_app.papers.kinds import KINDS, missing, printable_bases

# domain.md 6.5: a deputy's paper carries no order, no penalty, no certificate number, no remedies.
ORDERING = ("责令", "处罚决定", "罚款", "限期整改", "逾期不", "行政复议", "行政诉讼", "执法证")


def _text(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "".join("".join((sheet.extract_text() or "").split()) for sheet in opened.pages)


def test_the_deputies_paper_informs_and_orders_nothing(draw: Callable[..., bytes]) -> None:
    text = _text(draw("tip", None))
    assert "提示告知，非行政执法文书" in text
    assert "建议" in text
    assert not [word for word in ORDERING if word in text]


def test_the_notice_names_officers_date_and_remedies(draw: Callable[..., bytes]) -> None:
    text = _text(draw("notice", None))
    assert "整改通知书" in text
    assert all(word in text for word in ("李赟", "周玥", "2026年11月30日", "救济"))


@pytest.mark.parametrize("kind", ["tip", "notice", "closure"])
def test_every_paper_carries_its_number_code_and_address(kind: str, draw: Callable[..., bytes]) -> None:
    text, content = _text(draw(kind, None)), samples.sample(kind)
    assert all(content[name].replace(" ", "") in text for name in ("number", "code", "address", "phone"))


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_obligatory_field_that_is_empty_is_named(kind: str) -> None:
    whole = samples.sample(kind)
    assert missing(kind, whole) == []
    for field, name in KINDS[kind].needed.items():
        assert name in missing(kind, whole | {field: ""})
    for field, name in KINDS[kind].line_needed.items():
        lines = [whole["lines"][0] | {field: ""}]
        assert f"第 1 条的{name}" in missing(kind, whole | {"lines": lines})


def test_only_a_checked_basis_is_printed_for_outsiders() -> None:
    bases = [
        {"document": "消防法", "article": "第十六条", "mark": "✔"},
        {"document": "某标准", "article": "第一条", "mark": "◐"},
    ]
    assert printable_bases(bases) == ["《消防法》第十六条"]


def test_markup_in_a_shops_name_is_printed_not_obeyed() -> None:
    content = samples.sample("tip") | {"addressee": "<img src=http://127.0.0.1:9/x>店"}
    assert "<imgsrc=http://127.0.0.1:9/x>店" in _text(page.render("tip", content, samples.picture))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "ftp://x/y", "data:text/plain,x"])
def test_a_paper_fetches_nothing_but_its_own_evidence(url: str) -> None:
    fetcher = page._Fetcher(samples.picture, {})
    with pytest.raises(ValueError, match="may not fetch"):
        fetcher.fetch(url)


def test_a_photo_that_is_gone_stops_the_paper_with_a_kind_word() -> None:
    with pytest.raises(Refused, match="照片不在了"):
        page._Fetcher(lambda _: None, {}).fetch("evidence:" + "0" * 64)
