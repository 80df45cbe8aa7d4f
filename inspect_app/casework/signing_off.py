"""签发 by a second account: a draft is handed in, signed off by a signatory of the office, given back, or taken back.

Signing off issues the paper as whoever drafted it, today, through every guard of issuing; the number is taken then.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from inspect_app.hazards import queries as hazards
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.kernel.hashing import content_hash
from inspect_app.kernel.limits import whole
from inspect_app.messages import actions as messages
from inspect_app.papers import actions
from inspect_app.papers.content import Issued, line_of, marks_of
from inspect_app.papers.drafts import DraftState, PaperDraft
from inspect_app.papers.kinds import missing
from inspect_app.papers.models import Paper
from inspect_app.papers.proofs import PaperProof
from inspect_app.people import signatories
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Scope

from .papers.entry import PaperKind
from .papers.issuing import draft_of, gathered_for, issue_for_hazards, powers_for
from .papers.letters import SIGNED_OFF
from .papers.registry import KINDS
from .proofing import asked, unnumbered

UNSIGNED = "待签发"
ABOUT = "paper_draft"


def others_who_sign(scope: Scope) -> list[signatories.SignatoryShown]:
    """Who may sign off what somebody drafts. Raises Refused where nobody but they themselves may."""
    able = [
        one for one in signatories.on_day(scope.organisation_id, clock.today()) if one.row.person_id != scope.person_id
    ]
    if not able:
        raise Refused("本单位还没有别的签发人，请管理员在“单位和职权”里登记。")
    return able


def hand_in(
    kind: str,
    hazards: Sequence[Hazard],
    scope: Scope,
    actor: Actor,
    *,
    address: str,
    typed: Mapping[str, str],
    tells: bool = True,
) -> PaperDraft:
    """A draft that waits for a signatory, and `tells` all of them; no number is taken. Raises as issuing would, and Refused
    where nobody but whoever drafts it may sign it off."""
    able = others_who_sign(scope)
    typed = asked(kind, hazards, typed) | {SIGNED_OFF.name: UNSIGNED}
    wanted, gathered = gathered_for(kind, hazards, scope, actor, typed)
    content = unnumbered(kind, draft_of(kind, wanted, gathered).content, address, wanted.issuer)
    actions.check_power(KINDS[kind], wanted.issuer, powers_for(hazards, actor))
    lacking = missing(kind, content)
    if lacking:
        raise Refused(f"还差{'、'.join(lacking)}，补上就能送签。")
    draft = PaperDraft(
        kind=kind,
        organisation_id=wanted.issuer.id,
        premises_id=wanted.premises.id,
        hazards=[str(hazard.id) for hazard in hazards],
        typed=typed,
        content=content,
        content_sha256=content_hash(content),
        account_id=scope.account_id,
        term_id=scope.term_id,
        made_by_person_id=scope.person_id,
        made_at=clock.now(),
    )
    db.session.add(draft)
    db.session.flush()
    prove(draft)
    words = f"{scope.person_name}拟了一份{content['title']}（{wanted.premises.name}），等您签发。"
    messages.tell_each([one.row.person_id for one in able if tells], words, about=ABOUT, subject_id=draft.id)
    return draft


def prove(draft: PaperDraft) -> PaperProof:
    """样张 of a draft, from what was frozen: the worker draws it."""
    proof = PaperProof(
        kind=draft.kind,
        account_id=draft.account_id,
        organisation_id=draft.organisation_id,
        premises_id=draft.premises_id,
        hazards=draft.hazards,
        typed=draft.typed,
        content=draft.content,
        lacking=[],
        made_at=clock.now(),
    )
    db.session.add(proof)
    db.session.flush()
    draft.proof_id = proof.id
    return proof


def sign_off(draft: PaperDraft, scope: Scope, *, address: str) -> Paper:
    """签发: the paper is issued with its number and the name of whoever signs. Raises NotAllowed for who may not, Refused
    with the reason where the case is not as it was drafted any more."""
    _hold(draft)
    signatory = signatories.one(draft.organisation_id, scope.person_id, clock.today())
    if signatory is None or scope.organisation_id != draft.organisation_id:
        raise NotAllowed("签发由本单位登记的签发人来办。")
    if draft.made_by_person_id == scope.person_id:
        raise NotAllowed("自己拟的，要由另一位签发人来签发。")
    drafter = _drafter(draft)
    rows, typed = _locked(draft, drafter), dict(draft.typed) | {SIGNED_OFF.name: signatory.printed}
    _, gathered = gathered_for(draft.kind, rows, drafter, actor_of(drafter), typed)
    changed = list(dict.fromkeys(_changes(KINDS[draft.kind], draft.content, gathered.content.plain())))
    if changed:
        raise Refused(f"拟好以后情况变了：{'、'.join(changed)}。请退回，照现在的重拟。")
    paper = issue_for_hazards(
        draft.kind, rows, drafter, actor_of(drafter), address=address, typed=typed, signed_off=True
    )
    _decide(draft, scope, DraftState.ISSUED, paper_id=paper.id)
    _tell(draft, f"{signatory.name}签发了您拟的{paper.title}，文号 {paper.number}。")
    return paper


def give_back(draft: PaperDraft, scope: Scope, *, reason: str) -> None:
    """退回修改 by a signatory, with the reason."""
    _hold(draft)
    if draft.made_by_person_id == scope.person_id:
        raise NotAllowed("自己拟的，请撤回，不用退回。")
    if signatories.one(draft.organisation_id, scope.person_id, clock.today()) is None:
        raise NotAllowed("退回由本单位登记的签发人来办。")
    words = whole(reason, "reason", "reason")
    if not words:
        raise Refused("还差退回的理由，写一句就行。", field="reason")
    _decide(draft, scope, DraftState.RETURNED, reason=words)
    _tell(draft, f"{scope.person_name}退回了您拟的{draft.content['title']}：{words}")


def take_back(draft: PaperDraft, scope: Scope) -> None:
    """撤回 by whoever drafted it."""
    _hold(draft)
    if draft.made_by_person_id != scope.person_id:
        raise NotAllowed("撤回由拟的人自己来办。")
    _decide(draft, scope, DraftState.WITHDRAWN)


def _hold(draft: PaperDraft) -> None:
    db.session.refresh(draft, with_for_update=True)
    if not draft.is_waiting:
        raise Refused("这一份已经有人办过了，请刷新看看。")


def _decide(
    draft: PaperDraft, scope: Scope, state: DraftState, *, reason: str = "", paper_id: UUID | None = None
) -> None:
    draft.state, draft.reason, draft.paper_id = state, reason, paper_id
    draft.decided_by_person_id, draft.decided_at = scope.person_id, clock.now()
    db.session.flush()


def _tell(draft: PaperDraft, words: str) -> None:
    messages.tell(draft.made_by_person_id, words, about=ABOUT, subject_id=draft.id)


def _drafter(draft: PaperDraft) -> Scope:
    """Whoever drafted it, with what they may do today."""
    found = scope_for(draft.account_id, clock.today())
    if found is None or found.term_id != draft.term_id:
        raise Refused("拟的人已经不在那个职务上了。请退回，由现在办的人重拟。")
    return found


def _locked(draft: PaperDraft, drafter: Scope) -> list[Hazard]:
    chosen = [UUID(one) for one in draft.hazards]
    try:
        for one in chosen:
            hazards.load(drafter, one)
    except NotThere:
        raise Refused("上面的隐患，拟的人现在看不到了。请退回，由现在办的人重拟。") from None
    held = {row.id: row for row in lock_all(chosen)}
    return [held[one] for one in chosen]


def _changes(kind: PaperKind, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What would be printed otherwise than it was shown, as it is called; what tells how long something waits is not asked."""
    left_alone = {SIGNED_OFF.name, *marks_of(Issued)}
    marks = {name: mark for name, mark in marks_of(kind.content).items() if name not in left_alone}
    for name, mark in marks.items():
        if name == "lines":
            yield from _line_changes(kind, before.get(name) or [], now.get(name) or [])
        elif before.get(name) != now.get(name):
            yield getattr(mark, "label", "") or mark.missed_as or "单位的设置"


def _line_changes(kind: PaperKind, before: Sequence[Any], now: Sequence[Any]) -> Iterator[str]:
    line = line_of(kind.content)
    if len(before) != len(now) or line is None:
        yield "写了几条"
        return
    for name, mark in marks_of(line).items():
        if name not in kind.moving and any(
            old.get(name) != new.get(name) for old, new in zip(before, now, strict=True)
        ):
            yield getattr(mark, "label", "") or mark.missed_as or "隐患"
