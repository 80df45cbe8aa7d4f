"""What the buttons of finding, mending, verifying and ending a hazard do with what was typed."""

from collections.abc import Callable

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import correcting, finding, mending, merging, requesting, settling
from inspect_app.hazards.case import from_row
from inspect_app.hazards.clocks import Term
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade, State, Step, needs_authority
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises

from ...access import scope
from .inputs import Given, Run
from .offered import candidates
from .shown import still_so


def fix_on_spot(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.fix_on_spot(hazard, actor, photo_ids=given.photos())


def sight(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.sight(hazard, actor, seen_at=clock.now(), photo_ids=given.photos(), words=given.text("words"))


def note_observed(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.note_observed(hazard, actor, words=given.text("words"))


def confirm_finding(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.confirm_finding(hazard, actor, words=given.text("words"))


def submit(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.submit(hazard, actor, photo_ids=given.photos(), words=given.text("words"))


def give_up_photo(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.give_up_photo(hazard, actor, photo_id=given.ident("photo", "哪一张"), reason=given.text("reason"))


def verify(passed: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> str | None:
        day = given.maybe_day("mending_on")
        settling.verify(
            hazard, actor, passed=passed, way=given.text("way"), opinion=given.text("opinion"),
            photo_ids=given.photos(), mending=Term(fixed=day) if day else None,
        )  # fmt: skip
        if hazard.state != State.AWAITING_CLOSURE:
            return None
        if needs_authority(from_row(hazard)):
            return "记下了：合格。还要主管部门的意见，由别的督办员销号。"
        return "记下了：合格。由交办的单位销号，办了会告诉您。"

    return run


def look_back(mended: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        mending.look_back(hazard, actor, mended=mended, photo_ids=given.photos(), words=given.text("words"))

    return run


def appoint(hazard: Hazard, actor: Actor, given: Given) -> None:
    person_id = given.ident("verifier", "核验的人")
    verifier = next((who for who in candidates(Dossier(scope(), hazard)) if who.person_id == person_id), None)
    if verifier is None:
        raise Refused("没有找到这个人。", field="verifier")
    settling.appoint(hazard, actor, verifier=verifier, on=given.day("on", "核验日期"))


def extension(hazard: Hazard, actor: Actor, given: Given) -> None:
    until = given.day("until", "新的日期")
    requesting.ask_extension(hazard, actor, until=until, reason=given.text("reason"), interim=given.text("interim"))


def grant(grant: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        requesting.decide_extension(hazard, actor, grant=grant, reason=given.text("reason"))

    return run


def record_answer(hazard: Hazard, actor: Actor, given: Given) -> None:
    about, agrees = given.ident("about", "答复的是哪一件"), given.yes("agrees", "是否同意")
    requesting.record_answer(
        hazard, actor, request_id=about, agrees=agrees, number=given.text("number"), on=given.day("on", "答复的日期"),
        photo_ids=given.photos(), words=given.text("words"),
    )  # fmt: skip


def take_back(hazard: Hazard, actor: Actor, given: Given) -> None:
    requesting.take_back(hazard, actor, request_id=given.ident("about", "撤回哪一件"), reason=given.text("reason"))


def set_mending(hazard: Hazard, actor: Actor, given: Given) -> None:
    requesting.set_mending(hazard, actor, until=given.day("until", "新的期限"), reason=given.text("reason"))


def answer_dispute(hazard: Hazard, actor: Actor, given: Given) -> None:
    requesting.answer_dispute(
        hazard, actor, upheld=given.yes("upheld", "异议是否成立"), reason=given.text("reason")
    )  # fmt: skip


def close(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.close(hazard, actor, words=given.text("words"))


def send_back(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.text("to")
    if to not in (State.AWAITING_VERIFICATION, State.RECTIFYING):
        raise Refused("请选退到哪一步。", field="to")
    settling.send_back(hazard, actor, reason=given.text("reason"), to=State(to))


def ask(step: Step) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        settling.ask(hazard, actor, step, reason=given.text("reason"))

    return run


def ask_merge(hazard: Hazard, actor: Actor, given: Given) -> None:
    merging.ask_merge(
        hazard, actor, target_id=given.ident("target", "要并到的那一件"), reason=given.text("reason")
    )  # fmt: skip


def ask_lower(hazard: Hazard, actor: Actor, given: Given) -> None:
    if given.text("grade") not in set(Grade):
        raise Refused("请选调到哪一级。", field="grade")
    settling.ask_lower(hazard, actor, grade=Grade(given.text("grade")), reason=given.text("reason"))


def with_reason(action: Callable[..., None]) -> Run:
    return lambda hazard, actor, given: action(hazard, actor, reason=given.text("reason"))


def confirm(hazard: Hazard, actor: Actor, given: Given) -> None:
    still_so(hazard, given.form)
    settling.confirm(hazard, actor)


def merge(hazard: Hazard, actor: Actor, given: Given) -> str:
    still_so(hazard, given.form)
    target = merging.merge(hazard, actor)
    return f"并到 {target.number} 了，以后跟着那一件走。"


def restore(hazard: Hazard, actor: Actor, given: Given) -> None:
    still_so(hazard, given.form)
    merging.restore(hazard, actor)


def reopen(hazard: Hazard, actor: Actor, given: Given) -> str | None:
    return said_of_reopening(
        hazard, settling.reopen(hazard, actor, reason=given.text("reason"), photo_ids=given.photos())
    )


def said_of_reopening(hazard: Hazard, standing: Hazard) -> str | None:
    """What to say when the reopening became a sighting of another hazard."""
    if standing.id == hazard.id:
        return None
    return f"同一处同一项已经有一件没办结，记成了那一件的“再次看到”：{standing.number}。"


def rearm(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.rearm(hazard, actor, words=given.text("reason"))


def correct(hazard: Hazard, actor: Actor, given: Given) -> None:
    correction = correcting.Correction(
        premises=place_named(given.text("premises")),
        item_code=given.text("item_code"),
        suspect=given.text("suspect") == "yes",
        wrong_photo=given.maybe_ident("wrong_photo"),
        photo_ids=given.photos(),
        title=given.text("title"),
        place_within=given.text("place_within"),
    )
    correcting.correct(hazard, actor, correction, reason=given.text("reason"))


def place_named(words: str) -> Premises | None:
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
