"""安排核验, 核验, 复查: somebody else looks whether it is mended."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from inspect_app.evidence import queries as evidence
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Refused

from .. import records
from ..case import case_of, require_words
from ..clocks import ClockKind, ClockStatus, DateOrigin, TimeLimit
from ..models import Hazard
from ..records import Records
from ..rules import Actor, Case, State, Step, confirms_only, needs_authority, why_not_verify
from ..standing import announced, current_round, expected, unopposed_days
from . import handing
from .setting_clocks import ClockSetting
from .settling import not_ahead
from .steps import take

WAYS = {"on_site": "到现场看了", "look_back": "回访时看了", "photos": "看了照片", "reinspection": "复查"}


def appoint(hazard: Hazard, actor: Actor, *, verifier: Actor, on: date) -> None:
    """安排核验: somebody who may verify, and a date."""
    reason = why_not_verify(case_of(hazard), verifier)
    if reason:
        raise Refused(f"{verifier.name or '这个人'}不能核验这一件。{reason}", field="verifier")
    check_deadline(on, "核验的日期", "on", today=clock.today())
    take(
        hazard,
        Step.APPOINT,
        actor,
        facts={"verifier": verifier.person_id, "on": on},
        change={"appointed_person_id": verifier.person_id},
        clocks=(ClockSetting(ClockKind.VERIFICATION, TimeLimit(fixed=on), clock.today(), origin=DateOrigin.APPOINTED),),
    )


def verify(
    hazard: Hazard,
    actor: Actor,
    *,
    passed: bool,
    way: str,
    opinion: str,
    photo_ids: tuple[UUID, ...] = (),
    mending: TimeLimit | None = None,
    seen_at: datetime | None = None,
    device: dict[str, Any] | None = None,
) -> None:
    """合格 or 不合格, by someone who neither mended nor submitted. Grade and photos are read again inside the step.
    `seen_at` is when it was looked at where that was before now.

    A new mending date after 不合格 is set at once where the verifier's office set the clock; else it is put forward to
    who did, and until then the old date keeps running.
    """
    opinion = _checked_opinion(hazard, passed, way, opinion)
    read = _begun(hazard)
    row, case = read.round, case_of(hazard, read=read)
    until = None if passed else _later(hazard, mending)
    clocks = _date_by_own_office(actor, case, read, until)
    step = Step.PASS if passed else Step.FAIL
    facts, words = {"way": way, "proposed": until}, {"opinion": opinion}
    take(hazard, step, actor, facts=facts, words=words, photos=photo_ids, device=device, clocks=clocks, read=read)
    row.verified_by_person_id, row.verified_by_organisation_id = actor.person_id, actor.organisation_id
    row.verified_at, row.way, row.opinion = seen_at or clock.now(), way, opinion
    row.outcome, row.confirmed = "pass" if passed else "fail", confirms_only(case, actor)
    if passed and row.confirmed and not needs_authority(case):
        row.closes_after_days = unopposed_days(hazard)
    if hazard.state == State.CLOSED:
        row.closed_by_person_id, row.closed_with_pass = actor.person_id, True
    db.session.flush()
    if until is not None and not clocks:
        handing.propose_date(hazard, actor, Step.FAIL, until, f"核验不合格：{opinion}", DateOrigin.FAILED)


def _checked_opinion(hazard: Hazard, passed: bool, way: str, opinion: str) -> str:
    """The opinion of a verification; Refused without one, or where it was looked at in no way that is allowed."""
    opinion = require_words(opinion, "核验意见", "opinion")
    if way not in WAYS:
        raise Refused("请选怎么看的。", field="way")
    if passed and way == "photos":
        _need_after_photo(hazard)
    return opinion


def _begun(hazard: Hazard) -> Records:
    """What is on record of a hazard whose present round has its row."""
    read = records.read(hazard)
    if read.begun:
        return read
    current_round(hazard)
    return records.read(hazard)


def _date_by_own_office(actor: Actor, case: Case, read: Records, until: date | None) -> tuple[ClockSetting, ...]:
    """The new mending date where the verifier's own office set the standing one; of another office's clock, none."""
    standing = read.clock(ClockKind.MENDING)
    own_clock = actor.organisation_id is not None and actor.organisation_id == case.mending_set_by
    if until is None or standing is None or not own_clock:
        return ()
    term, status = TimeLimit(fixed=until), ClockStatus(standing.status).moved()
    return (ClockSetting(ClockKind.MENDING, term, clock.today(), status, origin=DateOrigin.FAILED),)


def _need_after_photo(hazard: Hazard) -> None:
    after = [link for link in announced(hazard) if link.slot == "after"]
    if not evidence.arrived(expected(after)):
        raise Refused("没有整改后的照片，不能只看照片核验，请到现场看。", field="way")


def _later(hazard: Hazard, mending: TimeLimit | None) -> date | None:
    """The new day a verifier names, where there is a handler to mend by it; Refused where it is earlier or too far."""
    if mending is None or not hazard.handler_id:
        return None
    until = mending.fixed
    if until is None or until < max(hazard.mending_on or clock.today(), clock.today()):
        raise Refused("建议的新期限不能早于今天，也不能早于原来的期限。", field="mending_on")
    return check_deadline(until, "建议的新期限", "mending_on", today=clock.today())


def reinspect(
    hazard: Hazard, actor: Actor, *, authority: str, number: str, on: date, passed: bool, conclusion: str
) -> None:
    """复查: the authority's own look after its own order, done or recorded from outside; passed, it is its opinion too."""
    words = {
        "authority": require_words(authority, "复查单位", "authority"),
        "conclusion": require_words(conclusion, "复查结论", "conclusion"),
    }
    number = require_words(number, "复查文号", "number")
    not_ahead(on, "复查日期")
    change: dict[str, Any] = {"reinspected_on": on, "opinion_number": number} if passed else {}
    take(
        hazard, Step.REINSPECT, actor, facts={"number": number, "on": on, "passed": passed}, words=words, change=change
    )
