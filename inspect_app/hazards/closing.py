"""Who may verify and who may close, and what closing waits for: asked by pages as well as by guards. Pure."""

from .values import Actor, Case
from .vocabulary import Grade, Step, Who

STILL_LISTED = "还在挂牌督办，解除以后才能销号。"


def why_not_verify(case: Case, actor: Actor) -> str | None:
    """Why this actor may not verify the present round, in Chinese; None if they may.

    The verifier is not the submitter, not of the organisation that submitted or mended (at that time), not the
    witness of the mending nor who entered it for the party, and not linked to the place or its party (回避).
    """
    current = case.round
    if actor.person_id is None:
        return "核验要记在具体的人名下。"
    if actor.person_id == current.submitted_by_person:
        return "这一件是您报改好的，要由别人来核验。"
    if actor.person_id == current.witness_person:
        return "这一件是您当场看着改的，或替店里报的，要由别人来核验。"
    if actor.person_id in case.recused:
        return "您与这家场所有关联，按规定回避，要由别人来核验。"
    mine = {current.submitted_by_organisation, current.mended_by_organisation} - {None}
    if actor.organisation_id in mine or actor.person_id in case.insiders:
        return "这一件由您当时所在的单位整改或报改好，要由别的单位来核验。"
    return None


def why_not_close(case: Case, actor: Actor) -> str | None:
    """Why this supervisor may not close, in Chinese; None if nothing speaks against it."""
    if actor.person_id == case.round.verified_by_person:
        if actor.organisation_id in case.closing_offices[:-1]:
            return "这一件是您核验的，要由别人销号。您单位没有别的督办员，请上级单位的督办员来办。"
        return "这一件是您核验的，要由别人销号。"
    if case.closing_offices and actor.organisation_id not in case.closing_offices:
        return "销号由交办这一件的单位来办，请他们的督办员来办。"
    return None


def needs_authority(case: Case) -> bool:
    """Whether closing waits for the authority: major in any way, an order not yet re-inspected, or listed."""
    return case.grade is not Grade.GENERAL or (case.has_order and not case.order_reinspected) or case.listed


def confirms_only(case: Case, actor: Actor) -> bool:
    """Whether a 合格 of this actor is a 回访核实, which closes nothing.

    Deputies do not handle problems directly (代表法 2025 第三十一条第二款): closing is an act of the office that handed over.
    Its own people, and those of an authority that may re-inspect, decide with their pass.
    """
    if actor.who is Who.DEPUTY:
        return True
    return actor.organisation_id not in case.closing_offices[:1] and not actor.may("reinspect", case.hazard_field)


def photos_awaited(case: Case) -> str:
    return f"还有 {case.photos_awaited} 张照片没到，先不能办结。照片到齐后再办，或由督办员写明理由，不等缺的照片。"


def closing_lacks(case: Case) -> tuple[Step, str] | None:
    """The step that closing waits for now, and its reason in Chinese; None where a supervisor may close.

    The page offers this very step, so that what is said to be missing is what unlocks.
    """
    if case.unconfirmed:
        return Step.CONFIRM_FINDING, UNCONFIRMED
    if case.grade is not Grade.GENERAL and not case.opinion_recorded:
        return Step.OPINION, "主管部门的意见还没有记录，先不能销号。请先办“记录主管部门意见”。"
    if case.has_order and not case.order_reinspected:
        return Step.REINSPECT, "下过整改通知书，要先记录主管部门的复查结论。"
    if case.listed:
        return Step.UNLIST, STILL_LISTED
    if case.photos_awaited:
        return Step.GIVE_UP_PHOTO, photos_awaited(case)
    return None


# Whoever has to keep away from a place decides nothing there, nor do those who went along: 回避 would be a word only if
# what they found could be mended, verified and closed before anybody else has looked.
UNCONFIRMED = "这一件是要回避的代表报的，请先办“确认发现”。"
