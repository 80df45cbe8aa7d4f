"""Who is told of a step: every step of the life has its word on it, and each audience is worked out from values alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from inspect_app.casework.audiences import Scene, asked, closers, desk, heads
from inspect_app.casework.led_to import LedTo, outcomes
from inspect_app.casework.telling import TELLING, MessageUrgency, StepEntry, entry_of, notices, worded
from inspect_app.hazards.answering import Offices
from inspect_app.hazards.rules import ROWS, TABLE, State, Step, StepRow
from inspect_app.people.rules import Role

AREA, DISTRICT = uuid4(), uuid4()
STREET, BUREAU, ABOVE, DESK = (uuid4() for _ in range(4))
ANN, BEA, CAI, DAN, EVE, FAN = (uuid4() for _ in range(6))


def _offices(**held: tuple[UUID, Role, UUID]) -> Offices:
    people: dict[tuple[UUID, Role], frozenset[UUID]] = {}
    for office, role, person in held.values():
        people[office, role] = people.get((office, role), frozenset()) | {person}
    return Offices({STREET: None, BUREAU: ABOVE, ABOVE: None, DESK: None}, {DISTRICT: DESK}, {AREA: DISTRICT, DISTRICT: None}, people)  # fmt: skip


USUAL = _offices(
    ann=(STREET, Role.SUPERVISOR, ANN), bea=(STREET, Role.HANDLER, BEA), cai=(BUREAU, Role.HANDLER, CAI),
    dan=(DESK, Role.SUPERVISOR, DAN), eve=(DESK, Role.LEADER, EVE),
)  # fmt: skip


def _scene(step: Step, known: Offices = USUAL, **how: object) -> Scene:
    return replace(Scene(step, "安全出口上锁", AREA, lambda: known), **how)  # type: ignore[arg-type]


def _reached(step: Step, outcome: LedTo, scene: Scene) -> list[tuple[str, frozenset[UUID]]]:
    return [(worded(notice, scene), who) for notice, who in notices(entry_of(step, outcome), scene)]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.step))
def test_every_step_of_the_life_says_who_is_told_whatever_it_leads_to(row: StepRow) -> None:
    for outcome in outcomes(row):
        entry_of(row.step, outcome)


def test_a_finding_has_its_entry_too_and_no_entry_waits_for_what_never_happens() -> None:
    told = {step for step, _ in TELLING}
    say_themselves = {row.step for row in TABLE if row.told_nobody}
    assert told | say_themselves == {*ROWS, Step.REPORT}
    assert told & say_themselves == set(), "one of them is never asked"
    never = {(step, how) for step, how in TELLING if how is not None and how not in outcomes(ROWS[step])}
    assert never == set()
    shadowed = {
        step for step, how in TELLING if how is None and step in ROWS
        and all((step, outcome) in TELLING for outcome in outcomes(ROWS[step]))
    }  # fmt: skip
    assert shadowed == set(), "an entry that is never read"


def test_a_step_that_the_table_does_not_know_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TELLING, (Step.CLOSE, None))  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="close"):
        entry_of(Step.CLOSE, LedTo.CLOSED)


@pytest.mark.parametrize("key", TELLING, ids=str)
def test_an_entry_tells_somebody_or_says_why_nobody(key: tuple[Step, LedTo | None]) -> None:
    entry = TELLING[key]
    assert bool(entry.notices) is not bool(entry.why_nobody)
    assert not entry.notices or not entry.notices[0].otherwise
    assert [notice.urgency for notice in entry.notices] == sorted(notice.urgency for notice in entry.notices), (
        "who is in two audiences is told as the more urgent one"
    )
    if key[0] is Step.URGE:
        assert entry.unheard, "who urges is told whether anybody heard"
        assert all(notice.said for notice in entry.notices)


@pytest.mark.parametrize("key", TELLING, ids=str)
def test_the_words_of_a_message_name_the_hazard_and_nothing_unknown(key: tuple[Step, LedTo | None]) -> None:
    known = {"title", "what", "days", "reason", "opinion", "words"}
    for notice in TELLING[key].notices:
        holes = set(re.findall(r"{(\w*)}", notice.words))
        assert "title" in holes <= known
        text = worded(notice, _scene(key[0], what="申请延期", days=3, words={"reason": "看不清"}))
        assert "安全出口上锁" in text
        assert not re.search(r"[a-zA-Z{}:;,]|。。", text), text


def test_what_somebody_wrote_is_a_sentence_and_never_a_template() -> None:
    entry = entry_of(Step.ESCALATE, LedTo.RECTIFYING)
    for written, shown in (("太久了", "太久了。"), ("太久了！", "太久了！"), ("{title}", "{title}。"), (" ", "")):
        assert (
            worded(entry.notices[0], _scene(Step.ESCALATE, words={"reason": written})) == f"升级：安全出口上锁。{shown}"
        )


def test_nobody_is_told_of_their_own_act_and_nobody_twice() -> None:
    scene = _scene(Step.CORRECT, handler=STREET, finder=BEA, actor=ANN, words={"reason": "门牌写错了"})
    assert _reached(Step.CORRECT, LedTo.RECTIFYING, scene) == [("更正：安全出口上锁。门牌写错了。", frozenset({BEA}))]


def test_who_must_act_and_would_also_know_is_told_to_act() -> None:
    scene = _scene(Step.RETURN, handler=STREET, finder=BEA, verifier=FAN, actor=DAN, words={"reason": "没拆"})
    told = {person: text for text, who in _reached(Step.RETURN, LedTo.RECTIFYING, scene) for person in who}
    assert told[BEA].startswith("没有销号，请继续整改")
    assert told[FAN].startswith("安全出口上锁：没有销号，退回再查")


def test_a_date_put_forward_goes_to_the_office_that_sets_it_and_the_handler_learns_of_the_fail() -> None:
    scene = _scene(
        Step.FAIL, actor=FAN, asked_of=BUREAU, handler=STREET, what="核验人提出的新期限", words={"opinion": "没拆"}
    )
    assert _reached(Step.FAIL, LedTo.PUT_FORWARD, scene) == [
        ("请您答复：核验人提出的新期限，安全出口上锁。", frozenset({CAI})),
        ("核验不合格，请继续整改：安全出口上锁。没拆。", frozenset({ANN, BEA})),
    ]


def test_whoever_asks_is_never_the_one_who_answers_and_the_desk_gets_the_paper() -> None:
    alone = _scene(Step.ASK_EXTENSION, actor=CAI, asked_of=BUREAU, what="申请延期")
    assert asked(alone) == frozenset()
    assert desk(alone) == {DAN}
    assert [who for _, who in _reached(Step.ASK_EXTENSION, LedTo.RECTIFYING, alone)] == [{DAN}]
    above = _offices(cai=(BUREAU, Role.HANDLER, CAI), head=(ABOVE, Role.LEADER, FAN), dan=(DESK, Role.SUPERVISOR, DAN))
    helped = replace(alone, offices=lambda: above)
    assert [who for _, who in _reached(Step.ASK_EXTENSION, LedTo.RECTIFYING, helped)] == [{FAN}]


def test_the_heads_are_told_only_where_no_other_supervisor_sees_it() -> None:
    scene = _scene(Step.ASK_VOID, actor=ANN, actor_office=STREET)
    assert heads(replace(scene, in_charge=lambda: {ANN, DAN})) == frozenset()
    assert heads(replace(scene, in_charge=lambda: {ANN})) == {EVE}


def test_the_verifier_is_not_asked_to_close() -> None:
    scene = _scene(Step.PASS, closing_office=STREET, verifier=ANN)
    assert closers(scene) == {DAN}, "the desk stands behind an office whose only supervisor verified"
    assert closers(replace(scene, verifier=FAN)) == {ANN}


URGED: dict[str, tuple[LedTo, dict[str, object], set[UUID], str]] = {
    "the verifier": (LedTo.AWAITING_VERIFICATION, {"appointed": FAN}, {FAN}, "已提醒核验的人"),
    "nobody appointed": (LedTo.AWAITING_VERIFICATION, {}, {DAN}, "已提醒值班的督办员安排核验"),
    "oneself appointed": (LedTo.AWAITING_VERIFICATION, {"appointed": ANN}, {DAN}, "已提醒值班的督办员安排核验"),
    "the handler": (LedTo.RECTIFYING, {"handler": BUREAU}, {CAI}, "催办了"),
    "an empty office": (LedTo.RECTIFYING, {"handler": ABOVE}, set(), "没有别的人能在站内收到"),
    "those on duty": (LedTo.FOUND, {}, {DAN}, "已提醒值班的督办员"),
    "alone on duty": (LedTo.FOUND, {"on_duty": lambda: [ANN]}, set(), "今天也没有别的人值班"),
    "the closer": (LedTo.AWAITING_CLOSURE, {"closing_office": DESK}, {DAN}, "已提醒能销号的督办员"),
    "the closer of a major one": (LedTo.AWAITING_OPINION, {"closing_office": DESK}, {DAN}, "已提醒能销号的督办员"),
    "nobody who closes": (LedTo.AWAITING_CLOSURE, {"closing_office": DESK, "verifier": DAN}, set(), "请管理员"),
}  # fmt: skip


@pytest.mark.parametrize("whom", URGED)
def test_whose_turn_it_is_is_urged_and_what_is_said_of_it_is_so(whom: str) -> None:
    outcome, how, expected, said = URGED[whom]
    on_duty: Callable[[], list[UUID]] = lambda: [ANN, DAN]  # noqa: E731
    scene = _scene(Step.URGE, **({"actor": ANN, "on_duty": on_duty} | how))  # type: ignore[arg-type]
    entry: StepEntry = entry_of(Step.URGE, outcome)
    found = notices(entry, scene)
    assert {person for _, who in found for person in who} == expected
    assert said in (found[0][0].said if found else entry.unheard)


def test_what_asks_nobody_to_act_is_not_urgent() -> None:
    for (step, _), entry in TELLING.items():
        for notice in entry.notices:
            if "请" in notice.words and notice.urgency is MessageUrgency.TO_KNOW:
                pytest.fail(f"{step}: {notice.words}")


def test_every_state_is_an_outcome() -> None:
    assert {LedTo(state) for state in State} < set(LedTo)


def test_what_the_holder_of_a_paper_reports_is_told_and_what_an_officer_reports_is_not() -> None:
    """Whoever enters it for a party, or reports it for an office, stands at the desk or has colleagues who do."""
    scene = _scene(Step.SUBMIT, handler=STREET, on_duty=lambda: frozenset({DAN}))
    assert _reached(Step.SUBMIT, LedTo.AWAITING_VERIFICATION, scene) == []
    assert _reached(Step.SUBMIT, LedTo.AWAITING_VERIFICATION, replace(scene, by_paper=True)) == [
        ("店里凭单子说改好了，请安排核验：安全出口上锁。", frozenset({DAN})),
        ("店里凭单子说改好了，等人核验：安全出口上锁。", frozenset({ANN, BEA})),
    ]
    nobody_yet = replace(scene, by_paper=True, handler=None)
    assert [who for _, who in _reached(Step.SUBMIT, LedTo.AWAITING_VERIFICATION, nobody_yet)] == [{DAN}]
    gone = _scene(Step.PARTY_SAYS, on_duty=lambda: frozenset({DAN}), words={"reason": "搬走了"})
    assert _reached(Step.PARTY_SAYS, LedTo.FOUND, gone) == [
        ("店里来话，请联系核实：安全出口上锁。搬走了。", frozenset({DAN}))
    ]
