"""What a paper says, must say and must not say; what it may fetch; what its file is."""

import socket
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest
import segno
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.utils import decode_text

from inspect_app.casework.papers import KINDS
from inspect_app.kernel.errors import Refused
from inspect_app.papers import lettering, page, samples
from inspect_app.papers.content import line_of, marks_of
from inspect_app.papers.kinds import missing, printable_bases
from inspect_app.papers.linebreaks import cut_of, last_break, may_break

Draw = Callable[[str, str | None], bytes]
# domain.md 6.5: a deputy's paper carries no order, no penalty, no certificate number, no remedies.
ORDERING = (
    "责令", "处罚", "罚款", "限期", "逾期", "停业", "查封", "行政复议", "行政诉讼", "执法证", "证号", "救济", "合格准予",
)  # fmt: skip
OF_CONGRESS = [code for code, kind in KINDS.items() if kind.side in ("congress", "both")]


def _text(pdf: bytes) -> str:
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "".join("".join((sheet.extract_text() or "").split()) for sheet in opened.pages)


def test_the_deputies_paper_informs_and_orders_nothing(draw: Draw) -> None:
    text = _text(draw("tip", None))
    for words in (
        "代表提示单", "柳荫人大工委提示单2026-0037", "提示告知，非行政执法文书", "参考依据", "是否构成违法、是否重大隐患，由主管部门依法认定", "建议完成", "不是处罚，不收任何费用",
        "未签收（不在场）", "陈玉兰", "打电话0000-1234567",
    ):  # fmt: skip
        assert words in text
    assert not set("〔〕") & set(text), "nobody signed it off: no 发文字号"


@pytest.mark.parametrize("kind", OF_CONGRESS)
def test_no_paper_of_the_congress_side_orders_or_threatens(kind: str, draw: Draw) -> None:
    """Neither its sheet, nor the form it is made from, nor the page behind its code."""
    entry = KINDS[kind]
    public = (entry.public.asks, entry.public.done, entry.public.date, entry.public.closing)
    form = (
        words for group in entry.form for asked in group.questions for words in (group.hint, asked.label, asked.hint)
    )
    said = "".join([_text(draw(kind, None)), *public, *form]).replace("不是处罚", "").replace("期限", " ")
    assert not [word for word in ORDERING if word in said]


def test_a_sheet_nobody_signed_on_the_phone_has_room_for_a_pen() -> None:
    text = _text(page.render("tip", samples.sample("tip") | {"signatures": [], "service": None}, samples.picture))
    assert all(words in text for words in ("签名：", "联系电话：", "未签收，原因："))


ENDS = {
    "signed on the phone": ({"result": "served", "name": "王老板"}, ("当场告知", "王老板", "手机上看过"), ("场所签收",)),
    "refused": ({"result": "told", "reason": "不愿签"}, ("陈玉兰当面告知，未签收（不愿签）", "签名："), ("当场告知",)),
    "nobody there": ({"result": "not_met", "reason": "不在场"}, ("未签收（不在场）", "签名："), ("当面告知", "当场告知")),
}  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_a_sheet_says_what_the_end_of_the_visit_was_and_leaves_room_for_who_is_not_served(end: str) -> None:
    said, words, never = ENDS[end]
    content = samples.sample("tip")
    text = _text(page.render("tip", content | {"service": content["service"] | {"reason": ""} | said}, samples.picture))
    assert all(word in text for word in words)
    assert not [word for word in (*never, "当面送达") if word in text]


def test_a_sheet_frozen_before_it_was_told_apart_prints_what_it_held() -> None:
    content = {name: value for name, value in samples.sample("tip").items() if name not in ("service", "title")}
    text = _text(page.render("tip", content | {"number": "青人柳提〔2026〕37号"}, samples.picture))
    assert all(words in text for words in ("未签收（不在场）", "安全隐患提示（告知）单", "青人柳提〔2026〕37号"))


def test_the_notice_names_officers_basis_dates_remedies_and_annex(draw: Draw) -> None:
    text = _text(draw("notice", None))
    for words in (
        "柳街整〔2026〕12号", "责令限期改正通知书", "李赟（执法证号示例001）", "周玥（执法证号示例002）", "11月30日",
        "统一社会信用代码92000000MA0000000X", "2026年11月23日，我单位执法人员", "检查记录检〔2026〕118号",
        "根据《中华人民共和国安全生产法》第九条第二款，现责令你单位在2026年11月30日前改正", "大功率电器各用固定插座",
        "逾期不改正的，我单位将依法处理。", "六十日内向青澜区人民政府申请行政复议", "六个月内向青澜区人民法院提起行政诉讼",
        "承办机构：应急管理和消防一体化工作站", "联系地址：青澜区柳荫路8号", "第二十八条", "整改期间的防范措施：整改前停用后厨东侧灶台。", "送达人",
    ):  # fmt: skip
        assert words in text
    assert "附件" not in text, "up to three photos stand in the text"
    assert "附件：现场照片4张" in _text(page.render("notice", samples.sample("notice", photos=4), samples.picture))


def test_the_report_shows_both_clocks_the_extension_pairs_events_and_fingerprint(draw: Draw) -> None:
    text = _text(draw("closure", None))
    for words in (
        "答复期限", "整改期限（变更）", "配件要等三天", "整改前1", "整改后1", "核验合格", "同意延期", "核验人", "销号人",
        samples.sample("closure")["fingerprint"],
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_paper_carries_its_number_code_and_address(kind: str, draw: Draw) -> None:
    text, content = _text(draw(kind, None)), samples.sample(kind)
    assert all(content[name].replace(" ", "") in text for name in ("number", "code", "address", "phone"))


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_obligatory_field_that_is_empty_is_named(kind: str) -> None:
    whole = samples.sample(kind)
    assert missing(kind, whole) == []
    line = line_of(KINDS[kind].content)
    assert line is not None
    for field, said in marks_of(KINDS[kind].content).items():
        assert missing(kind, whole | {field: ""}) == ([said.missed_as] if said.missed_as else [])
    for field, said in marks_of(line).items():
        lines = [whole["lines"][0] | {field: ""}]
        lacking = [f"第 1 条的{said.missed_as}"] if said.missed_as else []
        assert missing(kind, whole | {"lines": lines}) == lacking


OBLIGATORY = {
    "tip": "出单的单位 主送 走访时间 走访的代表 发现的问题 联系电话 / 问题 位置 建议 建议完成时间",
    "notice": (
        "出单的单位 文书名称（在单位设置里填） 主送 被责令人的身份 检查日期 检查地点 检查记录编号 职权依据 隐患 整改要求 "
        "不改正的后果（在单位设置里填） 承办人员 复议机关和人民法院（在单位设置里填） 联系地址（在单位设置里填） 联系电话 "
        "/ 问题 位置 违反的规定 整改期限"
    ),
    "closure": "出单的单位 主送 隐患 核验人 经过 联系电话 / 问题 位置",
}


@pytest.mark.parametrize("kind", OBLIGATORY)
def test_what_a_paper_may_not_lack(kind: str) -> None:
    """The list as the offices know it: whoever relaxes one does it here as well."""
    line = line_of(KINDS[kind].content)
    assert line is not None
    needed, of_line = (
        " ".join(said.missed_as for said in marks_of(part).values() if said.missed_as)
        for part in (KINDS[kind].content, line)
    )
    assert f"{needed} / {of_line}" == OBLIGATORY[kind]


def test_an_order_needs_two_officers_each_with_a_certificate() -> None:
    whole = samples.sample("notice")
    assert missing("notice", whole | {"officers": whole["officers"][:1]}) == ["第二位承办人员"]
    assert missing("notice", whole | {"officers": [whole["officers"][0], {"name": "周玥", "card": ""}]}) == [
        "周玥的执法证号"
    ]


def test_only_a_checked_basis_is_printed_for_outsiders() -> None:
    bases = [
        {"document": "消防法", "article": "第十六条", "mark": "✔"},
        {"document": "某标准", "article": "第一条", "mark": "◐"},
    ]
    assert printable_bases(bases) == ["《消防法》第十六条"]


def test_a_standard_is_printed_with_title_and_number_a_law_by_its_title() -> None:
    bases = [
        {"document": "建筑防火通用规范", "number": "GB 55037-2022", "article": "第7.1.7条", "mark": "✔"},
        {"document": "南京市消防条例", "number": "南京市人大常委会公告第27号", "article": "第四十七条", "mark": "✔"},
    ]
    assert printable_bases(bases) == [
        "《建筑防火通用规范》（GB 55037-2022）第 7.1.7 条",
        "《南京市消防条例》第四十七条",
    ]


def test_a_criterion_by_which_an_authority_judges_is_no_duty_of_a_shop() -> None:
    """Neither one that says so nor one that a finding froze before bases said so."""
    judging = {
        "document": "重大火灾隐患判定规则",
        "number": "GB 35181-2025",
        "article": "",
        "mark": "✔",
        "judges": True,
    }
    frozen_before = {
        "document": "城镇燃气经营安全重大隐患判定标准",
        "number": "建城规〔2023〕4号",
        "article": "第九条",
        "mark": "✔",
    }
    assert printable_bases([judging, frozen_before]) == []
    assert printable_bases([{"document": "某规范", "article": "第一条", "mark": "✔", "judges": True}]) == []


def test_markup_in_a_shops_name_is_printed_not_obeyed() -> None:
    content = samples.sample("tip") | {"addressee": "<img src=http://127.0.0.1:9/x>店"}
    assert "<imgsrc=http://127.0.0.1:9/x>店" in _text(page.render("tip", content, samples.picture))


def test_a_picture_character_in_a_note_does_not_spoil_the_page() -> None:
    content = samples.sample("tip") | {"addressee": "🔥火锅店\u200d\x07"}
    assert "〓火锅店：" in _text(page.render("tip", content, samples.picture))


def test_what_cannot_be_drawn_is_shown_and_line_ends_are_one_kind() -> None:
    drawable = {ord(mark) for mark in "甲乙√-\u0007"}
    assert lettering.printable("甲\r\n乙\u2028\u00ad☑🔥🔥\x07\ue000", drawable) == "甲\n乙\n√〓"


def test_an_accent_that_follows_its_letter_is_drawn_with_it_and_a_name_keeps_its_own_character() -> None:
    assert lettering.printable("Cafe\u0301 \ufa10", set(map(ord, "Cafeé \ufa10"))) == "Café \ufa10"


def test_lines_may_end_beside_quotation_marks_but_never_on_the_wrong_side() -> None:
    text = "说“好”的，（见）……——是 a-b 3-4"
    allowed = "|".join("".join(part) for part in _split(text))
    assert allowed == "说|“好”|的，|（见）|……|——|是 |a-|b |3-4"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("设定 ，再看", "设|定 ，|再|看"),
        ("“ 好 ”的", "“ 好 ”|的"),
        ("王　五到场", "王　|五|到|场"),
        ("温度 -12℃", "温|度 |-12℃"),
    ],
)
def test_a_blank_does_not_part_a_mark_from_its_word(text: str, parts: str) -> None:
    assert "|".join("".join(part) for part in _split(text)) == parts


@pytest.mark.parametrize(
    ("text", "fitting", "ends"),
    [
        ("LPG 2026年12月3日前", 9, "LPG "),  # the date is kept, not the capitals with its year
        ("见王　　五", 2, "见王　　"),  # blanks hang over the edge
        ("92330105MA2KD1XY3Q ，C座", 18, ""),
    ],
)
def test_where_a_line_ends(text: str, fitting: int, ends: str) -> None:
    assert text[: last_break(text, fitting)] == ends


def test_what_fills_a_line_by_itself_is_cut_so_that_no_mark_is_left_over() -> None:
    assert cut_of("92330105MA2KD1XY3Q ，C座", 0, 18) == 17
    assert cut_of("https://a.example/b?c=1", 0, 22) == 22
    assert cut_of("））））", 0, 2) == 0


def _split(text: str) -> list[str]:
    cuts = [0, *(place for place in range(1, len(text)) if may_break(text, place)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "ftp://x/y", "data:text/plain,x", "font:../x"]
)
def test_a_paper_fetches_nothing_but_its_own_evidence(url: str) -> None:
    fetcher = page._Fetcher(samples.picture, {})
    with pytest.raises(ValueError, match="may not fetch"):
        fetcher.fetch(url)


_OUTSIDE = ("http://127.0.0.1:9/x", "file:///etc/passwd", "data:image/png;base64,AAAA")


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="{}" width="9" height="9"/>', '<use href="{}#x"/>', '<style>@import "{}";</style>',
        '<style>rect{{fill:url({})}}</style>', '<rect style="fill:url({}#a)" width="9" height="9"/>',
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", _OUTSIDE)
def test_a_drawing_that_points_elsewhere_opens_no_connection_and_no_file(
    inside: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[str] = []
    fetch = page._Fetcher.fetch

    def listening(self: page._Fetcher, url: str, headers: object = None) -> object:
        answer = fetch(self, url, headers)
        answered.append(url.split(":")[0])
        return answer

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(page._Fetcher, "fetch", listening)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">{inside.format(url)}</svg>'
    page.render("tip", samples.sample("tip", photos=1), lambda _: drawing.encode())
    assert set(answered) <= {"font", "evidence", "qr"}


@pytest.mark.parametrize("bytes_there", [None, b"", b"\xff\xd8\xff no picture"])
def test_a_photo_that_is_gone_or_broken_stops_the_paper_with_a_kind_word(bytes_there: bytes | None) -> None:
    with pytest.raises(Refused, match="照片或签名不在了"):
        page.render("tip", samples.sample("tip", photos=1), lambda _: bytes_there)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_file_is_tagged_archival_pdf_with_title_language_and_words_for_its_photos(kind: str, draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw(kind, None))) as pdf:
        catalog = pdf.doc.catalog
        about = resolve1(catalog["Metadata"]).get_data().decode()
        things = [pdf.doc.getobj(number) for xref in pdf.doc.xrefs for number in xref.get_objids()]
    assert decode_text(catalog["Lang"]) == "zh-CN"
    assert resolve1(catalog["MarkInfo"])["Marked"]
    assert 'pdfaid:part="3"' in about
    content = samples.sample(kind)
    assert f"{content.get('title', KINDS[kind].title)} {content['number']}" in about
    figures = [one for one in things if isinstance(one, dict) and "Figure" in str(one.get("S"))]
    pictures = [one for one in things if isinstance(one, PDFStream) and "Image" in str(one.get("Subtype"))]
    assert len(figures) == KINDS[kind].sample.photos + 1, "the photos and the code"
    assert all(figure.get("Alt") for figure in figures)
    assert pictures or not KINDS[kind].sample.photos
    assert not [one for one in pictures if one.get("Interpolate")]


def test_the_code_on_the_sheet_is_the_printed_address_with_a_quiet_zone(draw: Draw) -> None:
    """Read off the page as a camera sees it: the middle of every cell, four light cells around."""
    address = samples.sample("tip")["address"]
    cells = [list(row) for row in segno.make(address, error="m").matrix_iter(border=4)]
    with pdfplumber.open(BytesIO(draw("tip", None))) as pdf:
        sheet = pdf.pages[-1]
        drawn = [one for one in sheet.lines if one["x0"] > 440 and 0 < one["width"] < 60]
        left, right = min(one["x0"] for one in drawn), max(one["x1"] for one in drawn)
        top = min(one["top"] for one in drawn)  # the middle of the first row: rows are drawn as strokes
        raster = sheet.to_image(resolution=300).original.convert("L")
    scale, count = 300 / 72, len(cells) - 8
    cell = (right - left) / count
    seen = [
        [
            raster.getpixel(((left + (x - 3.5) * cell) * scale, (top + (y - 4) * cell) * scale)) < 128
            for x in range(count + 8)
        ]
        for y in range(count + 8)
    ]
    assert seen == [[bool(mark) for mark in row] for row in cells]


def test_the_text_copies_out_in_reading_order(draw: Draw) -> None:
    text = _text(draw("tip", None))
    order = [
        "安全隐患提示",
        "老街口面馆：",
        "看到下面",
        "这次是短查",
        "厨房",
        "后门",
        "收银台后",
        "改好以后",
        "2026年11月24日",
        "走访代表",
        "核对这张单子",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_the_name_of_an_office_that_gets_a_copy_stands_in_one_line(draw: Draw) -> None:
    with pdfplumber.open(BytesIO(draw("handover", None))) as opened:
        lines = [line for sheet in opened.pages for line in (sheet.extract_text() or "").splitlines()]
    assert any("青澜区消防救援大队。" in line for line in lines)
