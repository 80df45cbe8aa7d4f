"""What a step needs beside its row: two persons, powers, evidence, who may verify. Pure; each raises or returns."""

from collections.abc import Callable

from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.people.rules import Side

from . import asked
from .closing import (
    STILL_LISTED,
    UNCONFIRMED,
    closing_lacks,
    needs_authority,
    photos_awaited,
    why_not_close,
    why_not_verify,
)
from .table import CONFIRMS
from .values import Actor, Case
from .vocabulary import GRADE_NAMES, Grade, Step, Who

Guard = Callable[[Case, Actor], None]


def _verify(case: Case, actor: Actor) -> None:
    reason = why_not_verify(case, actor)
    if reason:
        raise NotAllowed(reason)


def _not_recused(case: Case, actor: Actor) -> None:
    if actor.person_id in case.recused:
        raise NotAllowed("您与这家场所有关联，按规定回避，要由别人来看。")


def _evidence(case: Case, actor: Actor) -> None:
    if case.photos_awaited:
        raise Refused(photos_awaited(case))


def _handler(case: Case, actor: Actor) -> None:
    if actor.who is Who.HANDLER and actor.organisation_id != case.handler:
        raise NotAllowed("这一件不是交给您单位的。")


def _power(power: str, what: str, *, government_only: bool = False) -> Guard:
    """The side of government acts within its list of powers, field by field; the congress side only records."""

    def guard(case: Case, actor: Actor) -> None:
        if government_only and actor.side is Side.CONGRESS:
            return
        if not actor.may(power, case.hazard_field):
            raise NotAllowed(f"您单位的权责清单里，在这一件的领域没有{what}这一项，请转给有职权的单位。")

    return guard


def _orders_its_own(case: Case, actor: Actor) -> None:
    """An order is made by the office that has the hazard, whoever of it acts; one that sent it back does not order."""
    if actor.organisation_id != case.handler:
        raise NotAllowed("正式文书由承办这一件的单位出。这一件不在您单位手里。")
    if case.declined:
        raise Refused("您单位已经退回这一件，不能再出正式文书。")


def _reinspect(case: Case, actor: Actor) -> None:
    """The desk records a re-inspection from outside; a handler makes its own only with the power."""
    if actor.who is Who.HANDLER and not actor.may("reinspect", case.hazard_field):
        raise NotAllowed("您单位的权责清单里，在这一件的领域没有复查这一项。")
    if not case.has_order:
        raise Refused("这一件没有下过正式文书，不用复查。改好了请办核验。")


def _no_answer_yet(case: Case, actor: Actor) -> None:
    if case.accepted:
        raise Refused("这一件已经签收。")
    if case.declined:
        raise Refused("这一件已经退回，等督办员改派。")


def _submit(case: Case, actor: Actor) -> None:
    if actor.who is Who.HANDLER and not case.accepted:
        raise Refused("请先签收，再报请核验。")


def _withdraw(case: Case, actor: Actor) -> None:
    current = case.round
    by_witness = current.witnessed and actor.person_id is not None and actor.person_id == current.witness_person
    by_party = actor.who is Who.PARTY and current.by_party and not current.witnessed
    by_office = (
        actor.who is Who.HANDLER
        and current.submitted_by_organisation is not None
        and actor.organisation_id == current.submitted_by_organisation
    )
    if not (by_witness or by_party or by_office):
        raise NotAllowed("只有报请核验的一方，或当场看着改的人，才能撤回。")


def _close(case: Case, actor: Actor) -> None:
    reason = why_not_close(case, actor)
    if reason:
        raise NotAllowed(reason)
    missing = closing_lacks(case)
    if missing is not None:
        raise Refused(missing[1])


def _silent(case: Case, actor: Actor) -> None:
    """Nothing speaks against closing what was confirmed: no authority is waited for, nobody objected, nothing is asked."""
    if needs_authority(case) or not case.round.confirmed:
        raise Refused("只有回访核实合格的一般隐患才会到期自动销号。")
    if not case.silence_over:
        raise Refused("还没有满交办单位定的工作日，或者没有开这一条。")
    asked = (case.request, case.extension, case.proposal, case.dispute)
    if case.objected or case.observations_waiting or any(asked):
        raise Refused("有人提出了异议或申请，不会自动销号，请督办员来办。")


def _not_listed_any_more(case: Case, actor: Actor) -> None:
    if case.listed:
        raise Refused(STILL_LISTED)


def _wait_is_over(case: Case, actor: Actor) -> None:
    if not needs_authority(case):
        raise Refused("这一件不用等主管部门的意见，可以直接销号。")
    if not case.closure_wait_over:
        raise Refused("等待主管部门意见的期限还没有满两轮，先催办或升级。")


def _not_verifier(case: Case, actor: Actor) -> None:
    if actor.person_id is None or actor.person_id == case.round.verified_by_person:
        raise NotAllowed("这一件是您核验的，要由别人来办。")


def _nothing_merged_in(case: Case, actor: Actor) -> None:
    if case.absorbed:
        raise Refused(f"有 {case.absorbed} 件并到了这一件里，请先恢复它们，再撤销这一件。")


def _not_a_master(case: Case, actor: Actor) -> None:
    if case.listed or (case.has_order and not case.order_reinspected):
        raise Refused("这一件还挂着牌，或下过整改通知书没有复查。请反过来，把另一件并到这一件。")


def _only_a_suspicion(case: Case, actor: Actor) -> None:
    """What an authority determined is lowered by its answer alone; two persons may take back a suspicion."""
    if case.grade is Grade.GENERAL:
        raise Refused(f"级别已经是“{GRADE_NAMES[Grade.GENERAL]}”。")
    if case.grade is Grade.MAJOR:
        raise Refused("已经由机关认定为重大，只有它的答复能调低。有了答复，请办“记录认定”。")


def _determined_major(case: Case, actor: Actor) -> None:
    if case.grade is not Grade.MAJOR:
        raise Refused("挂牌督办要先由主管部门认定为重大。请先提请认定，有了答复再办。")


def _reopen(case: Case, actor: Actor) -> None:
    if actor.who is Who.HANDLER and actor.person_id != case.round.verified_by_person:
        raise NotAllowed("承办人只能重开自己核验过的。发现又有问题，请报给督办员。")


def _fix_on_spot(case: Case, actor: Actor) -> None:
    if not case.may_fix_on_spot:
        raise Refused("这一项不属于可以当场改的，请按交办的办法来。")


def _is(name: str, wanted: bool, otherwise: str) -> Guard:
    """A flag of the case must stand as wanted."""

    def guard(case: Case, actor: Actor) -> None:
        if bool(getattr(case, name)) is not wanted:
            raise Refused(otherwise)

    return guard


_confirmed = _is("unconfirmed", False, UNCONFIRMED)


def _is_not_major(case: Case, actor: Actor) -> None:
    if case.grade is Grade.MAJOR:
        raise Refused("已经认定为重大，不用再提请。")


_GUARDS: dict[str, tuple[Guard, ...]] = {
    Step.HAND_OVER: (_confirmed,),
    Step.CONFIRM_FINDING: (_is("to_be_confirmed", True, "这一件不用确认。"), _not_recused),
    Step.FIX_ON_SPOT: (_confirmed, _fix_on_spot, _not_recused),
    Step.LOOK_BACK_MENDED: (_not_recused,),
    Step.LOOK_BACK_OPEN: (_not_recused,),
    Step.ACCEPT: (_handler, _no_answer_yet),
    Step.DECLINE: (_handler, _no_answer_yet),
    Step.ORDER: (_orders_its_own, _power("order_notice", "签发整改通知书")),
    Step.SET_MENDING: (asked.proposal,),
    Step.ASK_EXTENSION: (_handler, _is("extension", False, "已经有一份延期申请在等答复。")),
    Step.GRANT_EXTENSION: (asked.extension,),
    Step.REFUSE_EXTENSION: (asked.extension,),
    Step.RECORD_ANSWER: (asked.record_answer,),
    Step.TAKE_BACK: (asked.take_back,),
    Step.DISPUTE: (_is("dispute", False, "已经有一份异议在等答复。"),),
    Step.ANSWER_DISPUTE: (asked.dispute,),
    Step.NOTE_OBSERVED: (_is("observations_waiting", True, "没有等您看的补记。"),),
    Step.SUBMIT: (_handler, _submit),
    Step.WITHDRAW: (_withdraw,),
    Step.GIVE_UP_PHOTO: (_is("photos_awaited", True, "没有在等的照片。"),),
    Step.PASS: (_confirmed, _verify, _evidence),
    Step.FAIL: (_verify,),
    Step.REINSPECT: (_handler, _reinspect),
    Step.OPINION: (_handler,),
    Step.CLOSE: (_close,),
    Step.CLOSE_UNOPPOSED: (_confirmed, _silent, _evidence),
    Step.ASK_CLOSE_WITHOUT_OPINION: (_confirmed, _wait_is_over, asked.ask, _not_verifier, _not_listed_any_more, _evidence),
    Step.CLOSE_WITHOUT_OPINION: (
        asked.confirm(Step.ASK_CLOSE_WITHOUT_OPINION), _not_verifier, _not_listed_any_more, _evidence,
    ),
    Step.REFER: (
        _is("referred", False, "已经提请认定，正在等主管部门答复。"),
        _is_not_major,
    ),
    Step.LIST: (
        _is("listed", False, "这一件已经挂牌督办。"), _determined_major, _power("list_supervision", "挂牌督办", government_only=True),
    ),
    Step.UNLIST: (
        _is("listed", True, "这一件没有挂牌督办。"), _power("list_supervision", "挂牌督办", government_only=True),
    ),
    Step.WATCH: (_is("watched", False, "这一件已经在重点督办。"),),
    Step.UNWATCH: (_is("watched", True, "这一件没有重点督办。"),),
    Step.TRANSFER: (
        _handler, _is("transferred", False, "已经移送，正在等结果。"), _power("transfer_enforcement", "移送"),
    ),
    Step.TRANSFER_RESULT: (_handler, _is("transferred", True, "没有等结果的移送。")),
    Step.ASK_END: (asked.ask,),
    Step.ASK_VOID: (asked.ask, _nothing_merged_in),
    Step.VOID: (asked.confirm(Step.ASK_VOID), _nothing_merged_in),
    Step.ASK_MERGE: (asked.ask, _not_a_master),
    Step.MERGE: (asked.confirm(Step.ASK_MERGE), _not_a_master),
    Step.ASK_RESTORE: (asked.ask,),
    Step.ASK_LOWER: (_only_a_suspicion, asked.ask),
    Step.LOWER: (asked.confirm(Step.ASK_LOWER), _only_a_suspicion),
    Step.TURN_DOWN: (asked.turn_down,),
    Step.REOPEN: (_reopen,),
}  # fmt: skip


GUARDS: dict[str, tuple[Guard, ...]] = _GUARDS | {
    step: (asked.confirm(request),) for request, step in CONFIRMS.items() if step not in _GUARDS
}
