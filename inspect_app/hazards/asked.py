"""Who answers what was asked, who confirms it, who takes it back. Pure; each raises or returns."""

from collections.abc import Callable
from uuid import UUID

from inspect_app.kernel.errors import NotAllowed, Refused

from .table import STEP_NAMES
from .values import Actor, Case, Request
from .vocabulary import State, Step, Who

Guard = Callable[[Case, Actor], None]


def _needed(request: Request | None, otherwise: str) -> Request:
    if request is None:
        raise Refused(otherwise)
    return request


def _answers(actor: Actor, offices: tuple[UUID, ...]) -> bool:
    return actor.organisation_id is not None and actor.organisation_id in offices


def _another(request: Request, actor: Actor, otherwise: str) -> None:
    if actor.person_id is None or actor.person_id == request.asked_by_person:
        raise NotAllowed(otherwise)


def extension(case: Case, actor: Actor) -> None:
    request = _needed(case.extension, "没有等您答复的延期申请。")
    if not _answers(actor, case.date_answered_by):
        raise NotAllowed("整改期限由谁定，就由谁改。")
    _another(request, actor, "延期是您申请的，要由别人答复。")


def proposal(case: Case, actor: Actor) -> None:
    request = _needed(case.proposal, "没有人提出新的整改期限。")
    if not _answers(actor, case.date_answered_by):
        raise NotAllowed("整改期限由谁定，就由谁改。")
    _another(request, actor, "新的期限是您提出的，要由别人来定。")


def dispute(case: Case, actor: Actor) -> None:
    _needed(case.dispute, "没有等答复的异议。")
    if not _answers(actor, case.dispute_answered_by):
        raise NotAllowed("异议由出这张单子的单位或交办的单位答复。")


def recordable(case: Case, actor: Actor) -> list[Request]:
    """What another office answers, so that its written answer may be recorded: not one's own office's, nor one's own asking."""
    of_the_date = [case.extension, case.proposal] if case.state is State.RECTIFYING else []
    asked = [(request, case.date_answered_by) for request in of_the_date] + [(case.dispute, case.dispute_answered_by)]
    return [
        request
        for request, offices in asked
        if request is not None and not _answers(actor, offices) and not _is_theirs(request, actor)
    ]


def record_answer(case: Case, actor: Actor) -> None:
    if not recordable(case, actor):
        raise NotAllowed("没有等别的单位答复的申请。您单位答复的，直接答复；您单位申请的，请别的督办员来记。")


def retractable(case: Case, actor: Actor) -> list[Request]:
    """What this actor's side has asked and nobody has answered yet."""
    asked = (case.request, case.extension, case.proposal, case.dispute)
    return [request for request in asked if request is not None and _is_theirs(request, actor)]


def _is_theirs(request: Request, actor: Actor) -> bool:
    """Asked by this person; an extension by anybody of the office; by the party where nobody of ours asked."""
    if actor.who is Who.PARTY:
        return request.asked_by_person is None and request.step in (Step.ASK_EXTENSION, Step.DISPUTE)
    if actor.person_id is not None and actor.person_id == request.asked_by_person:
        return True
    of_the_office = request.asked_by_organisation is not None and actor.organisation_id == request.asked_by_organisation
    return request.step is Step.ASK_EXTENSION and of_the_office


def take_back(case: Case, actor: Actor) -> None:
    if not retractable(case, actor):
        raise NotAllowed("没有您提出、还没有答复的申请。")


def ask(case: Case, actor: Actor) -> None:
    if case.request is not None:
        raise Refused(f"已经有一份“{STEP_NAMES[case.request.step]}”在等确认。")


def confirm(asked: Step) -> Guard:
    """The second person of a request of this kind."""

    def guard(case: Case, actor: Actor) -> None:
        if case.request is None or case.request.step is not asked:
            raise Refused(f"没有等确认的“{STEP_NAMES[asked]}”。")
        _second(case.request, case, actor, "这是您提出的，要由第二个人确认。")

    return guard


def _second(request: Request, case: Case, actor: Actor, otherwise: str) -> None:
    """Another supervisor; the head of the office that asks, or of one above it, where an office is one person."""
    _another(request, actor, otherwise)
    if actor.who is Who.LEADER and not _answers(actor, case.heads_confirm):
        raise NotAllowed("由提出的单位或它的上级来确认。")


def turn_down(case: Case, actor: Actor) -> None:
    request = _needed(case.request, "没有等确认的申请。")
    _second(request, case, actor, "这是您提出的，要收回请办“撤回申请”。")
