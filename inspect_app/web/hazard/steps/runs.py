"""What the buttons of verifying, ending and correcting do beside their action: what is looked at again before it."""

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import correcting, finding, merging, settling, verifying
from inspect_app.hazards.case import from_row
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State, needs_authority
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises

from ...access import scope
from .inputs import Run, TypedInputs
from .offered import candidates
from .shown import still_so


def sight(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    finding.sight(hazard, actor, seen_at=clock.now(), photo_ids=given.photos(), words=given.text("words"))


def verify(passed: bool) -> Run:
    """核验: say whether a hazard is mended."""

    def run(hazard: Hazard, actor: Actor, given: TypedInputs) -> str | None:
        day = given.maybe_day("mending_on")
        verifying.verify(
            hazard,
            actor,
            passed=passed,
            way=given.text("way"),
            opinion=given.text("opinion"),
            photo_ids=given.photos(),
            mending=TimeLimit(fixed=day) if day else None,
        )
        if hazard.state != State.AWAITING_CLOSURE:
            return None
        if needs_authority(from_row(hazard)):
            return "记下了：合格。还要主管部门的意见，由别的督办员销号。"
        return "记下了：合格。由交办的单位销号，办了会告诉您。"

    return run


def appoint(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    person_id = given.ident("verifier", "核验的人")
    verifier = next((who for who in candidates(Dossier(scope(), hazard)) if who.person_id == person_id), None)
    if verifier is None:
        raise Refused("没有找到这个人。", field="verifier")
    verifying.appoint(hazard, actor, verifier=verifier, on=given.day("on", "核验日期"))


def confirm(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    still_so(hazard, given.form)
    settling.confirm(hazard, actor)


def merge(hazard: Hazard, actor: Actor, given: TypedInputs) -> str:
    """Merge a hazard into the one it repeats."""
    still_so(hazard, given.form)
    target = merging.merge(hazard, actor)
    return f"并到 {target.number} 了，以后跟着那一件走。"


def restore(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Let a merged hazard stand by itself again."""
    still_so(hazard, given.form)
    merging.restore(hazard, actor)


def reopen(hazard: Hazard, actor: Actor, given: TypedInputs) -> str | None:
    """Open a closed hazard again."""
    return said_of_reopening(
        hazard, settling.reopen(hazard, actor, reason=given.text("reason"), photo_ids=given.photos())
    )


def said_of_reopening(hazard: Hazard, standing: Hazard) -> str | None:
    """What to say when the reopening became a sighting of another hazard."""
    if standing.id == hazard.id:
        return None
    return f"同一处同一项已经有一件没办结，记成了那一件的“再次看到”：{standing.number}。"


def correct(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Set a record right."""
    correction = correcting.Correction(
        premises=premises_named(given.text("premises")),
        item_code=given.text("item_code"),
        suspect=given.text("suspect") == "yes",
        wrong_photo=given.maybe_ident("wrong_photo"),
        photo_ids=given.photos(),
        title=given.text("title"),
        spot=given.text("place_within"),
    )
    correcting.correct(hazard, actor, correction, reason=given.text("reason"))


def premises_named(words: str) -> Premises | None:
    """The one place within scope that the words name; a place of another area is not found."""
    if not words:
        return None
    found = premises.search(scope(), words, limit=4)
    exact = [row for row in found if row.name == words]
    if len(exact) == 1 or len(found) == 1:
        return (exact or list(found))[0]
    if not found:
        raise Refused("您的片区里没有这家场所，请看一下名称。", field="premises")
    raise Refused(
        f"不止一家：{'、'.join(f'{row.name}（{row.address}）' for row in found[:3])}。请写全名或门牌号。",
        field="premises",
    )
