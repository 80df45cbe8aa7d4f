"""代录: what the party or a citizen said at the counter or by telephone, entered by an officer under both names.

The steps are those of casework/answering/party.py, which whoever holds a paper takes without an officer. The rules judge who
acted; the chain also names who entered it, and that person may not verify the round.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from inspect_app.casework.answering import party
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import settling
from inspect_app.hazards.case import require_words
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Ask, Step, Who, open_steps
from inspect_app.kernel.errors import NotAllowed
from inspect_app.papers import queries as papers

from ...access import scope
from .inputs import OfferedForm, Run, TypedInputs
from .offered import check_offered
from .runs import said_of_reopening


@dataclass(frozen=True)
class OnBehalf:
    """A step of somebody without an account, as an officer enters it."""

    who: Who
    step: Step
    label: str
    form: OfferedForm


_TOLD = Ask("told_by", "谁说的、怎么说的", hint="例如：店长王某，打电话来")
_WHY = Ask("reason", "理由", "area")
_GONE = Ask("reason", "怎么回事", "area", hint="例如：上个月搬走了，现在是别人开的")
_PHOTOS = Ask("photos", "照片", "photos")
_RECORDERS = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR, Who.HANDLER})


def _told(given: TypedInputs, name: str) -> str:
    """The words as they were said, with how they came."""
    words, told = (
        require_words(given.text(name), "内容", name),
        require_words(given.text("told_by"), "谁说的", "told_by"),
    )
    return f"{words}（代录：{told}）"


def _submit(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    party.mended(hazard, actor, photo_ids=given.photos(), words=_told(given, "words"))


def _withdraw(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    party.withdraw(hazard, actor, reason=_told(given, "reason"))


def _extension(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    party.later(
        hazard,
        actor,
        until=given.day("until", "新的日期"),
        reason=_told(given, "reason"),
        interim=given.text("interim"),
    )


def _dispute(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    paper_id = given.maybe_ident("paper")
    paper = next((row for row in papers.of_hazard(hazard.id) if row.id == paper_id), None)
    party.wrong(hazard, actor, reason=_told(given, "reason"), paper=paper)


def _take_back(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    party.take_back(hazard, actor, request_id=given.ident("about", "撤回哪一件"), reason=_told(given, "reason"))


def _gone(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    party.gone(hazard, actor, reason=_told(given, "reason"))


def _reopen(hazard: Hazard, actor: Actor, given: TypedInputs) -> str | None:
    return said_of_reopening(
        hazard, settling.reopen(hazard, actor, reason=_told(given, "reason"), photo_ids=given.photos())
    )


def _entry(who: Who, step: Step, label: str, run: Run, *asks: Ask) -> OnBehalf:
    return OnBehalf(who, step, label, OfferedForm((*asks, _TOLD), run, said=f"记下了：{label}。"))


ON_BEHALF: Mapping[str, OnBehalf] = {
    "party-submit": _entry(Who.PARTY, Step.SUBMIT, "店里说改好了", _submit, _PHOTOS, Ask("words", "怎么改的", "area")),
    "party-withdraw": _entry(Who.PARTY, Step.WITHDRAW, "店里撤回", _withdraw, _WHY),
    "party-extension": _entry(
        Who.PARTY, Step.ASK_EXTENSION, "店里申请延期", _extension,
        Ask("until", "延到哪天", "date"), _WHY, Ask("interim", "这段时间怎么防范", "area"),
    ),
    "party-dispute": _entry(
        Who.PARTY, Step.DISPUTE, "店里有异议", _dispute,
        Ask("paper", "对哪一张单子", "paper", needed=False, hint="不选就是对交办有异议，由交办的单位答复"), _WHY,
    ),
    "party-take-back": _entry(
        Who.PARTY, Step.TAKE_BACK, "店里撤回申请或异议", _take_back, Ask("about", "撤回哪一件", "party_asked"), _WHY,
    ),
    "party-gone": _entry(Who.PARTY, Step.PARTY_SAYS, "店里说不是负责人了", _gone, _GONE),
    "citizen-reopen": _entry(Who.CITIZEN, Step.REOPEN, "群众说又有了", _reopen, _PHOTOS, _WHY),
}  # fmt: skip


def may_record(dossier: Dossier) -> dict[str, OnBehalf]:
    """What this officer may enter for others now: supervisors, and officers of the hazard's own handler."""
    hazard, me = dossier.hazard, dossier.me
    if me.who not in _RECORDERS or (me.who is Who.HANDLER and me.organisation_id != hazard.handler_id):
        return {}
    return {
        slug: entry
        for slug, entry in ON_BEHALF.items()
        if entry.step in open_steps(dossier.case, party.entered_by(hazard, me, entry.who))
    }


def run(slug: str, hazard: Hazard, me: Actor) -> str:
    """Take the step in the name of who said it; raises NotAllowed for anyone who may not enter it."""
    dossier = Dossier(scope(), hazard)
    if slug not in may_record(dossier):
        raise NotAllowed("这一步现在不能由您代录。请看最新情况。")
    entry = ON_BEHALF[slug]
    given = TypedInputs(request.form, request.files.getlist("photos"), me.account_id, hazard.premises_id)
    check_offered(entry.form, given, dossier)
    return entry.form.run(hazard, party.entered_by(hazard, me, entry.who), given) or entry.form.said
