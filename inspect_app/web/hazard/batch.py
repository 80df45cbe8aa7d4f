"""One step for many hazards: each in a savepoint of its own, under its own rules, with its own telling. What cannot be done
writes nothing and is named with its reason; the others are done."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select

from inspect_app.hazards import locking, register
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import visible
from inspect_app.hazards.rules import STEP_NAMES, Ask, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, together
from inspect_app.people import queries as people

from ..access import actor, scope
from ..fields import at, maybe_id
from . import steps

MOST = 200
NAMED = 3  # of what could not be done; the others are said by their reason
# What is asked once for all of them; for the rest each hazard gets what its own form would propose.
ASKED: Mapping[Step, tuple[str, ...]] = {
    Step.HAND_OVER: ("handler_id", "reply_days", "mending_on", "paper", "no_paper"),
    Step.REASSIGN: ("handler_id", "restart", "reply_days", "reason"),
    Step.ACCEPT: ("mending_on",),
    Step.URGE: ("words",),
    Step.CLOSE: (),
}
# What is said of an input here instead of its own hint: a date that is left empty is each hazard's own.
_HINTS = {
    (Step.HAND_OVER, "mending_on"): "不选就各按建议的日期",
    (Step.HAND_OVER, "paper"): "",
    (Step.HAND_OVER, "no_paper"): "没有文号时写一句",
    (Step.ACCEPT, "mending_on"): "不选就各按建议的日期",
}
_OWN = frozenset({"mending_on"})
_AT_FIRST = {"reply_days": "5"}
_AFTER = {
    Step.HAND_OVER: "承办单位签收以前可以改派。",
    Step.REASSIGN: "新的单位签收以前还可以再改派。",
}


@dataclass(frozen=True)
class BatchForm:
    """What the bar above the rows asks. `typed` is what stands in it."""

    step: Step
    label: str
    asks: Sequence[Ask]
    options: Mapping[str, Sequence[tuple[str, str]]]
    typed: Mapping[str, str]


def batch_form(step: Step, typed: Mapping[str, str] | None = None) -> BatchForm:
    """The form of a step for many, with what was typed into it."""
    own = {ask.name: ask for ask in steps.FORMS[step].asks}
    asks = [
        replace(own[name], needed=own[name].needed and name not in _OWN, hint=_HINTS.get((step, name), own[name].hint))
        for name in ASKED[step]
    ]
    kinds = {ask.kind for ask in asks}
    options = {
        "handler": [(str(row.id), row.name) for row in people.handlers()] if "handler" in kinds else [],
        "yesno": [("yes", "是"), ("no", "不是")],
    }
    return BatchForm(step, STEP_NAMES[step], asks, options, _AT_FIRST if typed is None else typed)


@dataclass(frozen=True)
class NotDone:
    """A hazard of a batch for which the step was refused."""

    hazard: Hazard
    why: Refused


@dataclass(frozen=True)
class BatchOutcome:
    """What became of a batch: those that were done, those that were not; `unknown`: how many ids name nothing that this person
    sees."""

    step: Step
    handled: Sequence[UUID]
    not_done: Sequence[NotDone]
    unknown: int

    @property
    def said(self) -> str:
        """What became of it, in one paragraph: each that could not be done by its name and its reason."""
        label, rest = STEP_NAMES[self.step], [one.why.message for one in self.not_done[NAMED:]]
        done = len(self.handled)
        parts = [f"{done} 件已{label}。{_AFTER.get(self.step, '')}"] if done else [f"没有一件能{label}。"]
        parts += [f"{len(self.not_done)} 件没有办："] if self.not_done else []
        parts += [f"“{one.hazard.title}”（{one.hazard.number}），{one.why.message}" for one in self.not_done[:NAMED]]
        parts += [f"另有 {n} 件：{why}" for why, n in Counter(rest).most_common(NAMED)]
        parts += [f"{self.unknown} 件没有找到，没有办。"] if self.unknown else []
        return "".join(parts)


def picked(filters: Filters) -> dict[UUID, int | None]:
    """The hazards that were ticked, with the version in which each was seen; with 全部, all that the filter finds, if they are
    still as many as were shown. Raises Refused for none and for too many."""
    whole = request.form.get("all", "")
    if whole and not request.form.get("only"):
        found = register.found_ids(scope(), filters, MOST + 1)
        if len(found) <= MOST and str(len(found)) != whole:
            raise Refused(f"刚才看到的是 {whole} 件，现在是 {len(found)} 件。请看一眼再办，一件都还没有办。")
        seen: dict[UUID, int | None] = dict.fromkeys(found)
    else:
        seen = dict(_read(value) for value in request.form.getlist("only") or request.form.getlist("pick"))
    if not seen:
        raise Refused("还没有勾选。请先勾要办的。")
    if len(seen) > MOST:
        raise Refused(f"一次最多 {MOST} 件。请先筛选，分几次办，一件都还没有办。")
    return seen


def _read(value: str) -> tuple[UUID, int]:
    hazard, _, version = value.partition(":")
    found = maybe_id(hazard)
    if found is None or not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Refused("这一页太旧了，请刷新后再办。")
    return found, int(version)


def only(seen: Mapping[UUID, int | None]) -> Filters:
    """The list of what was ticked and nothing else."""
    return Filters(narrowed=Hazard.id.in_(list(seen)))


def ticked(seen: Mapping[UUID, int | None]) -> list[str]:
    """What was ticked as its checkboxes send it, for a page between; which version was seen matters to no one who only reads."""
    return [f"{hazard}:{version or 0}" for hazard, version in seen.items()]


def take_many(step: Step, seen: Mapping[UUID, int | None]) -> BatchOutcome:
    """Take the step for each of the hazards that this person sees, all locked at once in the order of their ids, so that two
    batches wait for each other. Raises NotThere where none is seen, and Refused where the form itself is wrong."""
    form = steps.FORMS[step]
    needed = [fault for fault in steps.lacking(form, request.form) if fault.field in _needed(step)]
    if needed:
        raise together(needed)
    mine = set(db.session.scalars(select(Hazard.id).where(Hazard.id.in_(seen), visible(scope()))))
    if not mine:
        raise NotThere
    rows = [row for row in locking.lock_all(mine) if row.id in mine]
    results = [(row, _taken(step, row, seen[row.id])) for row in rows]
    failed = [NotDone(row, refusal) for row, refusal in results if refusal is not None]
    if failed and len(failed) == len(rows) and len({one.why.message for one in failed}) == 1 and failed[0].why.field:
        raise failed[0].why
    undone = {one.hazard.id for one in failed}
    return BatchOutcome(step, [row.id for row in rows if row.id not in undone], failed, len(seen) - len(mine))


def _needed(step: Step) -> set[str]:
    return {ask.name for ask in batch_form(step, {}).asks if ask.needed}


def _taken(step: Step, hazard: Hazard, version: int | None) -> Refused | None:
    """Take the step; what it was refused with, if it was."""
    try:
        with db.session.begin_nested():
            locking.check_seen(hazard, version)
            steps.run(step, hazard, actor(), batch=ASKED[step])
    except Refused as refusal:
        return refusal
    return None


def say(outcome: BatchOutcome, correcting: str = "") -> None:
    """What became of it, on the next page; with the way to set right what was handed to the wrong office, before it accepts it:
    `correcting` is the address of reassigning what an address keeps."""
    flash(outcome.said)
    kept = kept_text(outcome.handled)
    if correcting and outcome.step is Step.HAND_OVER and 0 < len(outcome.handled) <= MOST_KEPT:
        words = f"交错了？改派刚交办的 {len(outcome.handled)} 件"
        flash(Markup('<a href="{}">{}</a>').format(f"{correcting}?{urlencode({PICKED: kept})}", words))


def answer(outcome: BatchOutcome, endpoint: str, here: Mapping[str, str], correcting: str = "") -> ResponseReturnValue:
    """Back to the rows: with what was not done still ticked, and nothing beside it."""
    say(outcome, correcting)
    kept = kept_text(one.hazard.id for one in outcome.not_done)
    return redirect(at(endpoint, here, **({"kept": kept} if kept else {})), 303)


PICKED = "picked"  # in the address of a list: the ids of those that were ticked
MOST_KEPT = 25  # as many as one page shows; an address holds no more


def kept_text(ids: Iterable[UUID]) -> str:
    """Hazards as an address keeps them."""
    return ".".join(one.hex for one in islice(ids, MOST_KEPT))


def kept_ids(text: str) -> tuple[UUID, ...]:
    """The hazards that an address keeps ticked."""
    found = (maybe_id(part) for part in text.split(".")[:MOST_KEPT] if part)
    return tuple(one for one in found if one is not None)
