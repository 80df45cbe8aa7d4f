"""Every row of the life against what reads it: the log loses nothing that an event carries, a form reaches its action."""

import inspect
from typing import Any
from uuid import UUID

import pytest

from inspect_app.casework.dossier import log_words
from inspect_app.hazards.clocks import ClockKind, DateOrigin
from inspect_app.hazards.events import Event
from inspect_app.hazards.log import append
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.named import Names
from inspect_app.hazards.offices import OfficeRegister
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import CLOCK, EVENTS, TABLE, SaidAs, Step, StepRow
from inspect_app.hazards.table import COMMON, strange
from inspect_app.people.models import Organisation
from inspect_app.web.hazard.steps.forms import RUNS
from inspect_app.web.hazard.steps.straight import action_of

ID = str(UUID(int=7))
NAMES = Names({ID: "孙丽"}, {ID: "20261123X1"}, OfficeRegister({}, {UUID(ID): Organisation(short_name="柳荫街道")}, {}))
# A value of each kind, and the words a reader finds it by.
VALUES: dict[SaidAs, tuple[Any, str]] = {
    SaidAs.SOURCE: ("telephone", "电话"),
    SaidAs.TEXT: ("某消〔2026〕7号", "某消〔2026〕7号"), SaidAs.DAY: ("2026-11-30", "2026年11月30日"),
    SaidAs.MENDING_DAY: ("2026-11-30", "2026年11月30日"), SaidAs.TIME: ("2026-11-30T01:00:00+00:00", "9:00"),
    SaidAs.OFFICE: (ID, "柳荫街道"), SaidAs.PERSON: (ID, "孙丽"), SaidAs.HAZARD: (ID, "20261123X1"), SaidAs.WAY: ("on_site", "到现场看了"),
    SaidAs.TRIED: ("in_person", "当面"), SaidAs.GRADE: ("major", "重大（已认定）"), SaidAs.STATE: ("closed", "已销号"),
    SaidAs.STEP: ("pass", "核验合格"), SaidAs.ASKED: ("ask_void", "申请撤销"), SaidAs.COUNT: ([ID, ID], "2 张"),
}  # fmt: skip


def _line(step: str, facts: dict[str, Any], words: dict[str, Any] | None = None) -> LogLine:
    event = Event(step=step, body={"facts": facts, "actor": {"who": "clock"}, "device": None}, hash="0" * 64)
    return LogLine(event, words, None)


@pytest.mark.parametrize("row", EVENTS.values(), ids=lambda row: str(row.step))
def test_the_log_says_everything_that_a_row_labels(row: StepRow) -> None:
    labelled = [fact for fact in (*row.facts, *COMMON) if fact.said not in (SaidAs.NEVER, SaidAs.CLOCKS)]
    facts = {fact.name: True if fact.said is SaidAs.YES else VALUES[fact.said][0] for fact in labelled}
    words = {word.name: f"写的是{word.name}" for word in row.words}
    said = log_words.parts(_line(row.step, facts), NAMES)
    assert [part.label for part in said] == [fact.label for fact in labelled]
    for fact, part in zip(labelled, said, strict=True):
        assert (fact.words[0] if fact.said is SaidAs.YES else VALUES[fact.said][1]) in part.words
    said = log_words.parts(_line(row.step, {}, words), NAMES)
    assert [(part.label, part.words) for part in said] == [
        (word.label, f"写的是{word.name}") for word in row.words if word.label
    ]


def test_a_clock_that_a_step_sets_is_said_with_how_it_came_about() -> None:
    dates, origins = {"mending": "2026-12-07"}, {"mending": str(DateOrigin.ORDER)}
    facts = {"number": "7号", "due_on": "2026-12-07", "dates": dates, "origins": origins}
    said = [(part.label, part.words) for part in log_words.parts(_line(Step.ORDER, facts), NAMES)]
    assert said == [("文号", "7号"), ("整改期限", "2026年12月7日，正式文书定的")]
    assert ClockKind.MENDING == "mending"


def test_an_office_named_by_its_id_is_not_named_by_its_words_again() -> None:
    said = log_words.parts(_line(Step.DECLINE, {"competent": ID}, {"competent": "街道办", "reason": "归他们"}), NAMES)
    assert [(part.label, part.words) for part in said] == [("应由谁办", "柳荫街道"), ("理由", "归他们")]


def test_what_an_older_program_wrote_is_shown_as_it_stands() -> None:
    """Names that no row knows, values of another shape, a step that is no more: never an error, never left out."""
    facts = {"weather": "晴", "handler": "消防大队", "windows": 3, "seen": {"by": ["甲", "乙"]}, "calm": False}
    said = log_words.parts(_line(Step.HAND_OVER, facts, {"mood": "好", "reason": "写过理由"}), NAMES)
    assert [(part.label, part.words) for part in said] == [
        ("其他记录", "消防大队"), ("其他记录", "晴"), ("其他记录", "3"), ("其他记录", "by：甲、乙"), ("其他记录", "否"),
        ("其他记录", "好"), ("理由", "写过理由"),
    ]  # fmt: skip
    for odd in ({"dates": {"mowing": "2026-12-07"}}, {"dates": {"mending": "2026-12-07"}, "origins": {"mending": "moon"}},
                {"dates": ["2026-12-07"]}):  # fmt: skip
        (clocks,) = log_words.parts(_line(Step.ORDER, odd), NAMES)
        assert (clocks.label, "2026-12-07" in clocks.words) == ("其他记录", True)
    gone = log_words.parts(_line("blessed", {"number": "3号"}, {"words": "说过"}), NAMES)
    assert [part.words for part in gone] == ["3号", "说过"]
    determined = log_words.parts(_line(Step.DETERMINE, {"number": "3号"}, {"authority": "消防大队"}), NAMES)
    assert [(part.label, part.words) for part in determined] == [("文号", "3号"), ("机关", "消防大队")]


@pytest.mark.parametrize("row", EVENTS.values(), ids=lambda row: str(row.step))
def test_no_event_is_written_with_what_its_row_does_not_name(row: StepRow) -> None:
    named = frozenset(fact.name for fact in row.facts), frozenset(word.name for word in row.words)
    assert strange(row.step, *named) == []
    for kind in ({"facts": {"weather": 1}}, {"words": {"weather": "晴"}}):
        with pytest.raises(ValueError, match=f"{row.step}.*weather"):
            append(Hazard(), row.step, CLOCK, **kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [row for row in TABLE if row.form], ids=lambda row: str(row.step))
def test_a_form_reaches_its_action_with_every_input(row: StepRow) -> None:
    """Each input is a keyword of the action, and nothing that the action needs is left unasked."""
    assert row.form is not None
    if not row.form.action:
        assert row.step in RUNS
        return
    assert row.step not in RUNS, "what is read straight has no function of its own"
    parameters = dict(list(inspect.signature(action_of(row.form)).parameters.items())[2:])
    given = {ask.to or ask.name for ask in row.form.asks} | set(row.form.fixed)
    assert given <= set(parameters)
    assert {name for name, one in parameters.items() if one.default is one.empty} <= given
