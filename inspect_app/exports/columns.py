"""The columns of each list, and what each of them means. Pure: a row is any object with these fields, see `kinds`."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from inspect_app.hazards.rules import GRADE_NAMES, SOURCE_NAMES, STATE_NAMES, STEP_NAMES
from inspect_app.papers.standing import NAMES
from inspect_app.people.rules import Role, mask_phone
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, STATUS_NAMES, fact_words

from .cells import day, minute, yes
from .rules import ExportColumn, ExportKind

FIELD_WORDS = {"fire": "消防", "gas": "燃气", "site": "施工", "other": "其他"}
# Whose pages name persons with a hazard and let them be searched for; whose forms show a telephone number whole.
_SEE_NAMES = frozenset({Role.SUPERVISOR, Role.HANDLER})
_SEE_PHONES = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def _words(name: str, of: Mapping[Any, str]) -> Callable[[Any], str]:
    known = {str(key): words for key, words in of.items()}
    return lambda row: known.get(getattr(row, name) or "", getattr(row, name) or "")


def _text(name: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, name) or "")


def _day(name: str) -> Callable[[Any], str]:
    return lambda row: day(getattr(row, name))


def _minute(name: str) -> Callable[[Any], str]:
    return lambda row: minute(getattr(row, name))


def _yes(name: str) -> Callable[[Any], str]:
    return lambda row: yes(getattr(row, name))


def _late(row: Any) -> str:
    """How many days a hazard that is open is past its nearest date on the day of the export."""
    due: date | None = None if row.settled_on else row.due_on
    return str((row.today - due).days) if due and due < row.today else ""


def _fact(name: str) -> Callable[[Any], str]:
    return lambda row: fact_words(name, row.facts[name]) if name in row.facts else ""


HAZARDS = ExportKind(
    code="hazards",
    sheet="隐患",
    unit="件",
    columns=(
        ExportColumn("number", "编号", "隐患的编号，一件一个，不会变。", _text("number"), 16),
        ExportColumn("title", "隐患", "发现时写的问题。", _text("title"), 40),
        ExportColumn("grade", "级别", "现在的级别。“疑似重大”是系统提示，“重大（已认定）”是主管部门认定的。", _words("grade", GRADE_NAMES)),
        ExportColumn("state", "状态", "导出时在哪一步。", _words("state", STATE_NAMES), 10),
        ExportColumn("unconfirmed", "待确认", "“是”：由应当回避的人发现，还要别人确认。", _yes("unconfirmed"), 8),
        ExportColumn("place", "场所", "场所现在登记的名称。", _text("place"), 24),
        ExportColumn("place_code", "场所编号", "场所在台账里的编号。", _text("place_code"), 14),
        ExportColumn("address", "地址", "场所现在登记的地址。", _text("address"), 30),
        ExportColumn("area", "片区", "隐患归哪个片区管。", _text("area"), 12),
        ExportColumn("kind", "场所类别", "发现时场所的类别，以后改了类别这里不变。", _words("premises_kind", KIND_NAMES)),
        ExportColumn("spot", "位置", "在场所里的哪一处；空着是没有写。", _text("spot"), 16),
        ExportColumn("field", "类别", "隐患所属的领域。", _words("field", FIELD_WORDS), 8),
        ExportColumn("item", "检查项", "检查项的编号；空着是检查项以外发现的。", _text("item_code"), 12),
        ExportColumn("source", "来源", "从哪里发现的。", _words("source", SOURCE_NAMES), 12),
        ExportColumn("found", "发现时间", "北京时间，写成 2026-11-30 10:52 的样子。", _minute("found_at"), 17),
        ExportColumn("handler", "承办单位", "现在的承办单位；空着是还没有交办。", _text("handler"), 16),
        ExportColumn("accepted", "签收日期", "现在的承办单位签收的日子。", _day("accepted_at"), 12),
        ExportColumn("declined", "退回日期", "承办单位退回的日子；改派以后清空。", _day("declined_at"), 12),
        ExportColumn("reply", "交办办理期限", "承办单位答复的期限。", _day("reply_on"), 13),
        ExportColumn("mending", "整改期限", "改好的期限。", _day("mending_on"), 12),
        ExportColumn("due", "最近期限", "现在这一步最早到的期限；清单按它排。", _day("due_on"), 12),
        ExportColumn("late", "逾期天数", "导出当天超过最近期限的自然日；没有逾期和已办结的空着。", _late, 9),
        ExportColumn("round", "第几轮", "第几轮整改；核验不合格就加一轮。", _text("round_number"), 8),
        ExportColumn("reopened", "重开次数", "销号以后又重开的次数；没有的空着。", _text("reopened_count"), 9),
        ExportColumn("recurs", "再次出现", "“是”：同一处同一项以前销过号，又出现了。", _yes("recurs_hazard_id"), 9),
        ExportColumn("watched", "重点督办", "列为重点督办的日子。", _day("watched_at"), 12),
        ExportColumn("listed", "挂牌督办", "记录挂牌督办的日子；解除以后清空。", _day("listed_at"), 12),
        ExportColumn("referred", "提请认定", "提请主管部门认定的日子。", _day("referred_at"), 12),
        ExportColumn("determined", "认定", "记录主管部门认定的日子。", _day("determined_at"), 12),
        ExportColumn("order", "正式文书", "现行有效的正式文书的文号。", _text("order_number"), 20),
        ExportColumn("served", "送达", "最近一次送达的日子。", _day("served_at"), 12),
        ExportColumn("reinspected", "复查合格", "记录主管部门复查合格的日子。", _day("reinspected_on"), 12),
        ExportColumn("opinion", "主管部门意见", "主管部门意见的文号。", _text("opinion_number"), 20),
        ExportColumn("step", "最近一步", "最近办的一步。", _words("last_step", STEP_NAMES), 14),
        ExportColumn("step_at", "最近一步时间", "北京时间，写成 2026-11-30 10:52 的样子。", _minute("last_event_at"), 17),
        ExportColumn("settled", "办结日期", "销号、终结、撤销或并案的日子；没有办结的空着。", _day("settled_on"), 12),
        ExportColumn("finder", "发现人", "发现的人的姓名；个人信息。", _text("finder"), 12, _SEE_NAMES),
        ExportColumn("party", "责任主体", "发现时登记的责任主体；个体户的就是人名，所以算个人信息。", _text("party"), 20, _SEE_NAMES),
        ExportColumn("masked", "场所电话（隐去中间）", "场所登记的电话，中间隐去，和页面上一样。", lambda row: mask_phone(row.phone), 18, masks="phone"),
        ExportColumn("phone", "场所电话", "场所现在登记的电话；个人信息。", _text("phone"), 16, _SEE_PHONES),
    ),
)  # fmt: skip

PLACES = ExportKind(
    code="places",
    sheet="场所",
    unit="家",
    columns=(
        ExportColumn("code", "编号", "场所在台账里的编号，不会变。", _text("code"), 14),
        ExportColumn("name", "名称", "现在登记的名称。", _text("name"), 28),
        ExportColumn("kind", "类别", "现在登记的类别。", _words("kind", KIND_NAMES)),
        ExportColumn("address", "地址", "现在登记的地址。", _text("address"), 32),
        ExportColumn("area", "片区", "归哪个片区管。", _text("area"), 12),
        ExportColumn("status", "现在", "在不在营业。", _words("status", STATUS_NAMES), 12),
        ExportColumn("status_since", "何时起", "从哪天起这样；空着是没有人说过。", _day("status_since"), 12),
        ExportColumn("confirmed", "还没核实", "“是”：代表在现场登记的，还没有人核实。", lambda row: yes(not row.confirmed), 9),
        ExportColumn("double", "可能重复", "“是”：和另一家的名称、地址一样，还没有人看过。", _yes("maybe_double_of_id"), 9),
        *(ExportColumn(name, label, "登记的情况；空着是没有登记。", _fact(name), 12) for name, label in FACT_NAMES.items()),
        ExportColumn("made", "登记时间", "北京时间，写成 2026-11-30 10:52 的样子。", _minute("made_at"), 17),
        ExportColumn("party", "责任主体", "今天登记的责任主体，先写经营者，还不知道是谁写“待查”；个体户的就是人名，所以算个人信息。", _text("party"), 24, _SEE_PHONES),
        ExportColumn("masked", "电话（隐去中间）", "登记的电话，中间隐去，和页面上一样。", lambda row: mask_phone(row.phone), 18, masks="phone"),
        ExportColumn("phone", "电话", "现在登记的电话；个人信息。", _text("phone"), 16, _SEE_PHONES),
    ),
)  # fmt: skip

PAPERS = ExportKind(
    code="papers",
    sheet="文书",
    unit="份",
    columns=(
        ExportColumn("number", "文号", "文书上印的文号或编号。", _text("number"), 28),
        ExportColumn("kind", "种类", "文书的种类。", _text("kind"), 20),
        ExportColumn("title", "标题", "文书上印的标题。", _text("title"), 30),
        ExportColumn("place", "场所", "场所现在登记的名称。", _text("place"), 24),
        ExportColumn("issuer", "出文单位", "哪个单位出的。", _text("issuer"), 18),
        ExportColumn("day", "成文日期", "文书上印的日期。", _day("issued_on"), 12),
        ExportColumn("standing", "现在", "导出时还有没有效；“正在做”是文件还没有做好。", _words("standing", {**NAMES, "making": "正在做"}), 14),
        ExportColumn("void", "作废的理由", "作废时写的理由。", _text("void_reason"), 24),
    ),
)  # fmt: skip
