"""The one next step of a hazard in words: who must take it and why, and the other steps folded by what they are about.

It decides nothing: which steps are open comes from the lifecycle's table; this says which of them comes first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from inspect_app.hazards.models import HazardRequest
from inspect_app.hazards.rules import (
    CONFIRMS,
    ROWS,
    State,
    Step,
    StepGroup,
    Who,
    closing_lacks,
    needs_authority,
)
from inspect_app.kernel import clock
from inspect_app.kernel.spoken_dates import date_cn, date_full

from .case_standing import CaseStanding, NextStep

_CLOSERS = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})


def groups(may: Sequence[str], shown: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The steps that are not in the panel, under the headings that their rows name."""
    sorted_out = (
        (str(group), [step for step in may if step not in shown and ROWS[step].group is group]) for group in StepGroup
    )
    return [(label, steps) for label, steps in sorted_out if steps]


def next_step(at: CaseStanding) -> NextStep:
    """The panel's words for how the hazard stands."""
    asked = _asked(at)
    panel = asked if asked is not None else _BY_STATE[State(at.hazard.state)](at)
    also = [
        step
        for step in at.only(Step.CONFIRM_FINDING, Step.NOTE_OBSERVED, Step.ANSWER_DISPUTE)
        if step not in panel.steps
    ]
    return replace(panel, steps=[*panel.steps, *also]) if also else panel


def _asked(at: CaseStanding) -> NextStep | None:
    """Somebody asked for an end that a second person confirms."""
    if at.request is None:
        return None
    confirm = CONFIRMS[Step(at.request.step)]
    lapses = f"没有人确认的话，{date_cn(at.request.lapses_on)}以后自动失效。" if at.request.lapses_on else ""
    if confirm not in at.may:
        return None
    why = [f"理由：{at.request.reason}", lapses]
    return NextStep(
        f"有人申请{ROWS[confirm].label}，请您确认",
        [w for w in why if w],
        at.only(confirm, Step.TURN_DOWN),
        mine=True,
        about=at.request,
    )


def _found(at: CaseStanding) -> NextStep:
    due = _by(at.hazard.due_on, "交给有职权的单位")
    if at.case.unconfirmed:
        why = ["报的代表与这家场所有关联，按规定回避，要由督办员确认。", due]
        mine = Step.CONFIRM_FINDING in at.may
        return NextStep("请您确认发现" if mine else "等督办员确认发现", why, at.only(Step.CONFIRM_FINDING), mine=mine)
    if at.case.contested and Step.CONFIRM_FINDING in at.may:
        why = ["同一次走访，两部手机这一项填得不一样，现在按更严的算。请问一问两位代表。", due]
        return NextStep("请您商定这一件", why, at.only(Step.CONFIRM_FINDING, Step.HAND_OVER), mine=True)
    if Step.HAND_OVER in at.may:
        return NextStep("请您交办", [due], at.only(Step.HAND_OVER), mine=True)
    return NextStep("等督办员交办", [due])


def _rectifying(at: CaseStanding) -> NextStep:
    if at.case.answered_on_paper and Step.RECORD_ANSWER in at.may:
        return _on_paper(at)
    if at.extension is not None:
        return _extension(at, at.extension)
    if at.case.proposal is not None and Step.SET_MENDING in at.may:
        return NextStep("请您定新的整改期限", ["定下以前，原来的日期继续算。"], at.only(Step.SET_MENDING), mine=True)
    if at.case.dispute is not None and Step.ANSWER_DISPUTE in at.may:
        return NextStep("店里有异议，请您答复", [], at.only(Step.ANSWER_DISPUTE), mine=True)
    if at.case.declined:
        return _declined(at)
    if not at.case.accepted:
        return _not_accepted(at)
    return _mending(at)


def _extension(at: CaseStanding, asked: HazardRequest) -> NextStep:
    until, interim = asked.details.get("until"), asked.details.get("interim")
    title = f"申请延到 {date_full(_iso(until))}" if until else ROWS[Step.ASK_EXTENSION].label
    why = [f"原因：{asked.reason}", f"这段时间的防范：{interim}" if interim else ""]
    if Step.GRANT_EXTENSION in at.may:
        return NextStep(
            title, [w for w in why if w], at.only(Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION), mine=True, about=asked
        )
    return NextStep(
        title,
        [*(w for w in why if w), f"期限由谁定，延期就由谁答复：{at.asked_of or '定期限的单位'}。"],
        at.only(Step.SUBMIT, Step.TAKE_BACK, Step.URGE, Step.RECORD_ANSWER),
        about=asked,
    )


def _on_paper(at: CaseStanding) -> NextStep:
    """Nobody is left in the office that was asked: its written answer is what can be had."""
    office = at.asked_of or "定期限的单位"
    why = [f"{office}没有别的人能在这里答复。请联系它书面答复，收到后记在这里。"]
    return NextStep(f"等{office}书面答复", why, at.only(Step.RECORD_ANSWER, Step.URGE), mine=True)


def _declined(at: CaseStanding) -> NextStep:
    proposed = f"他们建议交给{at.declined_words}。" if at.declined_words else ""
    why = [proposed, f"新的单位签收前，仍由{at.handler}答复。"]
    return NextStep(f"{at.handler}退回了", [w for w in why if w], at.only(Step.REASSIGN), mine=Step.REASSIGN in at.may)


def _not_accepted(at: CaseStanding) -> NextStep:
    due = _by(at.hazard.reply_on, "答复")
    if Step.ACCEPT in at.may:
        why = [due, "签收时定下整改期限。不归您单位管的可以退回，写明该由谁办。"]
        return NextStep("请您签收", why, at.only(Step.ACCEPT, Step.DECLINE), mine=True)
    return NextStep(f"等{at.handler}签收", [due], at.only(Step.URGE, Step.REASSIGN))


def _mending(at: CaseStanding) -> NextStep:
    due = _by(at.hazard.mending_on or at.hazard.reply_on, "改好")
    if Step.SUBMIT in at.may:
        why = [due, "改好后拍照报请核验。来不及的，先写明防范措施再申请延期。"]
        return NextStep("请您督促改好，再报请核验", why, at.only(Step.SUBMIT, Step.ASK_EXTENSION), mine=True)
    if at.me.who is Who.DEPUTY:
        return NextStep(
            "路过时请看一看，改好了没有", [due], at.only(Step.LOOK_BACK_MENDED, Step.LOOK_BACK_OPEN), mine=True
        )
    return NextStep(f"等{at.handler}督促改好", [due], at.only(Step.URGE, Step.LOOK_BACK_MENDED))


def _awaiting_verification(at: CaseStanding) -> NextStep:
    missing, due = _missing(at), _by(at.hazard.due_on, "核验")
    appointed_other = at.hazard.appointed_person_id not in (None, at.me.person_id)
    if appointed_other:
        why = [due, f"{at.appointed}没有参与整改，可以核验。", *missing]
        return NextStep(f"等{at.appointed}核验", why, at.only(Step.URGE, Step.APPOINT))
    if Step.PASS in at.may or Step.FAIL in at.may:
        why = [due, "您没有参与整改，可以核验。", *missing]
        return NextStep("请您核验", why, at.only(Step.PASS, Step.FAIL, Step.APPOINT), mine=True)
    refused = [at.why_not_verify] if at.why_not_verify else []
    if Step.APPOINT in at.may:
        return NextStep("请您安排人核验", [*refused, due, *missing], at.only(Step.APPOINT), mine=True)
    return NextStep("等人核验", [*refused, due, *missing], at.only(Step.WITHDRAW))


def _awaiting_closure(at: CaseStanding) -> NextStep:
    missing = _missing(at)
    if Step.CLOSE in at.may and at.case.round.confirmed and not needs_authority(at.case):
        return NextStep("请您销号", _confirmed(at), at.only(Step.CLOSE, Step.RETURN), mine=True)
    if Step.CLOSE in at.may:
        opinion = f"主管部门意见已记录：{at.hazard.opinion_number}。" if at.hazard.opinion_number else ""
        photos = "照片齐全。" if at.photos.complete else ""
        why = ["核验人与整改人不是同一人。", opinion, photos, *missing, "销号后还可以重开，重开要写原因。"]
        return NextStep("请您审核销号", [w for w in why if w], at.only(Step.CLOSE, Step.RETURN), mine=True)
    lacks = closing_lacks(at.case)
    if at.me.who not in _CLOSERS:
        if lacks is not None and lacks[0] in at.may:  # what closing waits for is theirs to do
            return NextStep("销号还等您单位这一步", [lacks[1], *missing], at.only(lacks[0]), mine=True)
        told = at.me.person_id in (at.hazard.found_by_person_id, at.case.round.verified_by_person)
        return NextStep("等交办的单位销号", ["办了会告诉您。" if told else "", *missing])
    if at.why_not_close:
        return NextStep("等别的督办员销号", [at.why_not_close, *missing])
    if lacks is None:
        return NextStep("等督办员销号", missing)
    step, reason = lacks
    why = [reason, *(words for words in missing if step is not Step.GIVE_UP_PHOTO)]
    return NextStep("先不能销号", why, at.only(step, Step.ASK_CLOSE_WITHOUT_OPINION, Step.RETURN))


def _confirmed(at: CaseStanding) -> list[str]:
    """What a deputy saw, and what becomes of it if nobody does anything."""
    seen = f"{at.verified_by}回访核实：已经改好。核实不等于销号，由您单位销号。"
    by_itself = at.hazard.due_on if at.closes_after else None
    rule = f"没有人提出异议的话，{date_full(by_itself)}以后自动销号。" if by_itself else _by(at.hazard.due_on, "销号")
    return [seen, rule, *_missing(at), "看一看下面的前后照片。销号后还可以重开，重开要写原因。"]


def _settled(at: CaseStanding) -> NextStep:
    names = {State.CLOSED: "已销号", State.ENDED: "已终结", State.VOID: "已撤销", State.MERGED: "已并到另一件"}
    state = State(at.hazard.state)
    back = "又出现了可以重开，要写原因。" if Step.REOPEN in at.may else ""
    why = [f"{date_full(at.hazard.settled_on)}办结。", back]
    return NextStep(names[state], [w for w in why if w], at.only(Step.REOPEN, Step.REARM, Step.ASK_RESTORE))


_BY_STATE: dict[State, Callable[[CaseStanding], NextStep]] = {
    State.FOUND: _found,
    State.RECTIFYING: _rectifying,
    State.AWAITING_VERIFICATION: _awaiting_verification,
    State.AWAITING_CLOSURE: _awaiting_closure,
    State.CLOSED: _settled,
    State.ENDED: _settled,
    State.VOID: _settled,
    State.MERGED: _settled,
}


def _by(day: date | None, what: str) -> str:
    """By when something is to be done, or for how long it is late; always with the date."""
    if day is None:
        return "期限未定。"
    late = (clock.today() - day).days
    return f"{date_full(day)}到期，已逾期 {late} 天。" if late > 0 else f"{date_full(day)}前{what}。"


def _missing(at: CaseStanding) -> list[str]:
    """What about the photos is to be known before a decision; only those that have not come stand in its way."""
    left = at.photos.expected - at.photos.arrived
    words = [f"还有 {left} 张照片没到，先不能办结。"] if left > 0 else []
    return [*words, f"照片有 {at.questions} 处请先核实，写在照片下面。"] if at.questions else words


def _iso(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
