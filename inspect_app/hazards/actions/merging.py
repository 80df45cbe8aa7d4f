"""并案 and 恢复: one hazard into another of the same place, and out again. Both rows are locked, in the order of ids.

A merged hazard keeps the state 并案 and names its target; its chain gets a line whenever the target is settled or opens
again, and its page shows the target's state.
"""

from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.premises.merged import standing_ids

from ..locking import lock
from ..models import Hazard, HazardRequest
from ..rules import Actor, Grade, State, Step
from ..standing import open_request
from . import settling
from .steps import take


def ask_merge(hazard: Hazard, actor: Actor, *, target_id: UUID, reason: str) -> HazardRequest:
    """申请并案 into an open hazard of the same place."""
    target = _mergeable(hazard, target_id)
    return settling.ask(hazard, actor, Step.ASK_MERGE, reason=reason, details={"target": str(target.id)})


def merge(hazard: Hazard, actor: Actor) -> Hazard:
    """The second person agrees: the hazard goes into its target, which takes over a graver grade. Returns the target."""
    request = _request(hazard, Step.ASK_MERGE)
    target = _mergeable(hazard, UUID(request.details["target"]))
    settling.settle(hazard, actor, request, Step.MERGE, change={"merged_into_id": target.id})
    graver: dict[str, Any] = {}
    order = list(Grade)
    if order.index(Grade(hazard.grade)) > order.index(Grade(target.grade)):
        graver = {"grade": hazard.grade, "determined_by_id": hazard.determined_by_id}
    take(target, Step.ABSORB, actor, facts={"hazard": hazard.id}, change=graver)
    return target


def restore(hazard: Hazard, actor: Actor) -> None:
    """Bring a hazard back from 撤销 or 并案 to its state before, as the second person agrees; the target's chain says so too."""
    target_id = hazard.merged_into_id
    settling.settle(hazard, actor, _request(hazard, Step.ASK_RESTORE), Step.RESTORE)
    if target_id is not None:
        take(lock(target_id), Step.RELEASE, actor, facts={"hazard": hazard.id})


def beside(hazard: Hazard, step: str, target_id: UUID | None = None) -> list[UUID]:
    """Which other rows a step locks, known before the first lock is taken."""
    if step == Step.ASK_MERGE:
        return [target_id] if target_id else []
    if step == Step.MERGE:
        request = open_request(hazard, Step.ASK_MERGE)
        return [UUID(request.details["target"])] if request else []
    if step == Step.RESTORE:
        return [hazard.merged_into_id] if hazard.merged_into_id else []
    return []


def _request(hazard: Hazard, step: Step) -> HazardRequest:
    request = open_request(hazard, step)
    if request is None:
        raise Refused("没有等确认的申请，可能已经过了 5 个工作日。")
    return request


def _mergeable(hazard: Hazard, target_id: UUID) -> Hazard:
    if target_id == hazard.id:
        raise Refused("请选要并到的那一件。", field="target")
    try:
        target = lock(target_id)
    except NotThere:
        raise Refused("没有找到要并到的那一件。", field="target") from None
    if len(set(standing_ids({target.premises_id, hazard.premises_id}).values())) != 1:
        raise Refused("只能并到同一个场所的隐患。", field="target")
    if target.state == State.MERGED:
        raise Refused("要并到的那一件自己也并到别的里了，请选最后那一件。", field="target")
    if not State(target.state).is_open:
        raise Refused("要并到的那一件已经办结。", field="target")
    return target
