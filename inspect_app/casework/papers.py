"""Papers of a visit or a hazard: content gathered into plain values, frozen under a number; giving one up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inspect_app.casework import orders
from inspect_app.casework.visit_submission import advised_date
from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo, Signature
from inspect_app.evidence.senders import is_from
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.actions import ordering, steps
from inspect_app.hazards.case import lock_all
from inspect_app.hazards.clocks import CLOCK_NAMES, ClockKind, ClockStatus
from inspect_app.hazards.events import Event
from inspect_app.hazards.honesty import before_visit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import CLOSINGS, GRADE_NAMES, WHO_NAMES, Actor, Grade, State, Step, Who, named
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import actions, queries, validity
from inspect_app.papers.actions import Draft, Line
from inspect_app.papers.kinds import printable_bases
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import Standing
from inspect_app.people.models import Organisation, Person
from inspect_app.people.rules import Power, Scope
from inspect_app.premises.models import Party, Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit

_PRINTED = 2  # photos of a finding on a tip or an order: a sheet or two, that is read


def issue_tip(
    visit: Visit, made: Sequence[Hazard], scope: Scope, *, address: str, service: dict[str, Any] | None = None
) -> Paper | None:
    """The deputy's paper of a visit: informs and recommends, one line per hazard. None if nothing was found.

    `service` is what the end of the visit was for the premises, as the receipt prints it.
    """
    if not made:
        return None
    place = db.session.get_one(Premises, visit.premises_id)
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    visitors = [scope.person_name] + [str(mate["name"]) for mate in visit.companions if mate.get("name")]
    content = _head(issuer, place) | {
        "visited_at": when(visit.started_at),
        "visitors": visitors,
        "lines": [_line(hazard, advised_date(hazard)) for hazard in made],
        "signatures": _signatures(visit.id),
        "service": service,
    }
    lines = [Line(hazard.id, advised_date(hazard)) for hazard in made]
    draft = Draft("tip", issuer.id, place.id, content, lines, visit_id=visit.id)
    return actions.freeze(draft, powers=frozenset(), made_by=scope.person_id, address=address)


def issue_for_hazard(
    kind: str, hazard: Hazard, scope: Scope, actor: Actor, *, address: str, typed: Mapping[str, str]
) -> Paper:
    """整改通知书 (within the powers) or 闭环报告 for one hazard, whose row is locked; the event stands in its chain.

    Raises Refused naming what is missing, NotAllowed where the organisation lacks the power.
    """
    if kind not in ("notice", "closure"):
        raise Refused("没有这种文书。")
    place = db.session.get_one(Premises, hazard.premises_id)
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    content = _head(issuer, place, hazard.party_id)
    due_on, replaces_id = hazard.mending_on, None
    if kind == "notice":
        asked = orders.read(hazard, actor, typed)
        content |= orders.content(asked, issuer, place, _line(hazard, asked.due_on))
        due_on, replaces_id = asked.due_on, asked.replaces_id
    else:
        _one_report(hazard)
        content |= _closure(hazard)
    draft = Draft(kind, issuer.id, place.id, content, [Line(hazard.id, due_on)], replaces_id=replaces_id)
    powers = frozenset(str(power) for power in Power if actor.may(power, hazard.field))
    paper = actions.freeze(draft, powers=powers, made_by=scope.person_id, address=address)
    replaces = {"replaces": content["replaces"]} if content.get("replaces") else {}
    facts = {"paper": paper.id, "kind": kind, "number": paper.number, "content": paper.content_sha256} | replaces
    steps.take(hazard, Step.ISSUE_PAPER, actor, facts=facts)
    if kind == "notice":
        ordering.order(hazard, actor, asked.order(paper, content))
    return paper


def _one_report(hazard: Hazard) -> None:
    reports = [row for row in queries.of_hazard(hazard.id) if row.kind == "closure"]
    standing = validity.standings(reports)
    live = next((row for row in reports if standing[row.id] is Standing.STANDS), None)
    if live is not None:
        raise Refused(f"这一件已经有闭环报告{live.number}。要另出一份，先作废那一份。")


def void(paper: Paper, scope: Scope, actor: Actor, *, reason: str) -> None:
    """作废 by who issued it: number and file stay, and every hazard on it says so in its chain.

    An order that is given up no longer stands on its hazard, so that another may be issued; its date stays until then.
    """
    if paper.issuer_id != scope.organisation_id:
        raise NotAllowed("只有出这张单子的单位能作废它。")
    actions.make_void(paper, reason=reason)
    for hazard in locked(paper):
        order_gone = paper.kind == "notice" and hazard.order_number == paper.number and State(hazard.state).is_open
        steps.take(
            hazard, Step.VOID_PAPER, actor,
            facts={"paper": paper.id, "kind": paper.kind, "number": paper.number}, words={"reason": reason.strip()},
            change={"order_number": None} if order_gone else None,
        )  # fmt: skip


def locked(paper: Paper) -> list[Hazard]:
    """The hazards on a paper, their rows locked in the order of their ids."""
    ids = {hazard.id for _, hazard in queries.lines(paper)}
    return [hazard for hazard in lock_all(ids) if hazard.id in ids]


def _head(issuer: Organisation, place: Premises, party_id: UUID | None = None) -> dict[str, Any]:
    party = db.session.get(Party, party_id) if party_id else None
    return {
        "issuer": issuer.name,
        "side": issuer.side,
        "addressee": party.name if party else place.name,
        "place_name": place.name,
        "place_address": place.address,
        "phone": issuer.phone,
    }


def _line(hazard: Hazard, due_on: date | None) -> dict[str, Any]:
    """A line of a paper. Of many photos two are printed, and how many there are beside them is said."""
    finding = hazard.finding
    taken = _photos(hazard, "before")
    words = "；".join(finding.get("wordings") or []) or hazard.title
    return {
        "hazard": str(hazard.id),
        "number": hazard.number,
        "title": hazard.title,
        "words": words,
        "place": hazard.place_within or "店内",
        "grade": GRADE_NAMES[Grade(hazard.grade)],
        "advice": "；".join(finding.get("advice") or []),
        "basis": printable_bases(finding.get("basis") or []),
        "due_on": due_on.isoformat() if due_on else "",
        "photos": taken[:_PRINTED],
    } | ({"photos_not_printed": len(taken) - _PRINTED} if len(taken) > _PRINTED else {})


def _without_photos(line: dict[str, Any]) -> dict[str, Any]:
    """A report prints all of them as pairs, below its line."""
    return {name: value for name, value in line.items() if name != "photos_not_printed"} | {"photos": []}


def _closure(hazard: Hazard) -> dict[str, Any]:
    if hazard.state != State.CLOSED:
        raise Refused("销号以后才能出闭环报告。")
    rounds = list(hazards.rounds_of(hazard))
    last = next((row for row in reversed(rounds) if row.outcome == "pass"), None)
    handler = db.session.get(Organisation, hazard.handler_id) if hazard.handler_id else None
    log = hazards.log_of(hazard)
    return {
        "lines": [_without_photos(_line(hazard, hazard.mending_on))],
        "found_at": when(hazard.found_at),
        "found_by": _name(hazard.found_by_person_id),
        "handler": handler.name if handler else "",
        "order_number": hazard.order_number or "",
        "reinspected_on": hazard.reinspected_on.isoformat() if hazard.reinspected_on else "",
        "closed_on": hazard.settled_on.isoformat() if hazard.settled_on else "",
        "verified_by": _name(last.verified_by_person_id) if last else "",
        "verified_at": when(last.verified_at) if last and last.verified_at else "",
        "opinion": last.opinion if last else "",
        "confirmed": bool(last and last.confirmed),
        "closed_by": _name(last.closed_by_person_id) if last else "",
        "closed_by_rule": _rule_of([line.event for line in log]),
        "rounds": len(rounds),
        "clocks": _clocks(hazard),
        "before": _photos(hazard, "before"),
        "after": _photos(hazard, "after"),
        "no_photo_reason": str(hazard.finding.get("no_photo_reason") or ""),
        "events": [_event(line.event) for line in reversed(log)],
        "fingerprint": log[0].event.hash,
    }


def _rule_of(log: Sequence[Event]) -> str:
    """到期自动销号 named as what it is; empty where a person closed. The newest closing counts, the log is newest first."""
    closing = next((one for one in log if one.body["state"] == State.CLOSED and one.step in CLOSINGS), None)
    if closing is None or closing.step != Step.CLOSE_UNOPPOSED:
        return ""
    facts = closing.body["facts"]
    office = db.session.get(Organisation, UUID(facts["rule_of"]))
    return f"按{office.name if office else '交办单位'}的规定，{facts['working_days']} 个工作日没有异议，到期自动销号"


def _event(event: Event) -> dict[str, Any]:
    """One line of the log; who took part without an account is named by what they are."""
    who = _name(event.person_id) or WHO_NAMES.get(Who(event.body["actor"]["who"]), "")
    return {
        "seq": event.seq,
        "at": when(event.at),
        "step": named(event.step, Who(event.body["actor"]["who"])),
        "who": who,
    }


def _clocks(hazard: Hazard) -> list[dict[str, str]]:
    """Both clocks with every date they ever had, oldest first: the chain of extensions."""
    rows, seen = [], set()
    for clock_row in reversed(hazards.clocks_of(hazard)):
        if clock_row.kind not in (ClockKind.REPLY, ClockKind.MENDING):
            continue
        by = (
            db.session.get(Organisation, clock_row.set_by_organisation_id) if clock_row.set_by_organisation_id else None
        )
        proposed = "（建议）" if clock_row.status == ClockStatus.PROPOSED else ""
        again = "（变更）" if clock_row.kind in seen and not proposed else ""
        if not proposed:
            seen.add(clock_row.kind)
        how = f"，{clock_row.how}" if clock_row.origin else ""
        reason = f"。理由：{clock_row.reason}" if clock_row.reason else ""
        rows.append(
            {
                "name": CLOCK_NAMES[ClockKind(clock_row.kind)] + (proposed or again),
                "due_on": clock_row.due_on.isoformat(),
                "set_on": clock.local_date(clock_row.set_at).isoformat(),
                "words": (f"{by.name}，" if by else "") + clock_row.explanation + how + reason,
            }
        )
    return rows


def _photos(hazard: Hazard, place: str) -> list[dict[str, Any]]:
    """A hazard's photos by id, with when they were taken and what is circled; their print copies may still be on the way."""
    found = []
    links = [link for link in hazards.photos_of(hazard) if link.place == place]
    marked = evidence.marked(link.photo_id for link in links)
    for link in links:
        photo = db.session.get(Photo, link.photo_id)
        if photo is not None and not is_from(photo, link.senders):
            continue
        found.append(
            {
                "photo": str(link.photo_id),
                "original": photo.sha256 if photo else "",
                "caption": _taken(photo, hazard) if photo else "",
            }
            | ({"marks": list(marked[link.photo_id].marks)} if link.photo_id in marked else {})
        )
    return found


def _taken(photo: Photo, hazard: Hazard) -> str:
    """When a photo was taken. What only the picture says is said to be its word; what cannot be so is not printed."""
    visit = db.session.get(Visit, hazard.visit_id) if hazard.visit_id else None
    before = visit is not None and photo.source == "camera" and before_visit(photo.taken_at, visit.started_at)
    if photo.taken_at is None or before:
        return f"{when(photo.received_at)} 收到"
    return when(photo.taken_at) + ("（照片自带）" if photo.is_claimed else "")


def _signatures(visit_id: UUID) -> list[dict[str, str]]:
    rows = []
    for link in visits.signatures(visit_id):
        signature = db.session.get_one(Signature, link.signature_id)
        rows.append(
            {
                "part": link.part,
                "name": signature.name,
                "sha256": signature.file_sha256 or "",
                "reason": signature.reason,
                "at": signed_at(signature),
            }
        )
    return rows


def signed_at(signature: Signature) -> str:
    """When it was signed; beside it the day that stood on the screen then, where that was another one."""
    at, shown = when(signature.captured_at), signature.shown_on
    if shown is None or shown == clock.local_date(signature.captured_at):
        return at
    return f"{at}（签字时手机显示的日期：{shown.year}年{shown.month}月{shown.day}日）"


def _name(person_id: UUID | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else ""


def when(instant: datetime) -> str:
    local = clock.to_local(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
