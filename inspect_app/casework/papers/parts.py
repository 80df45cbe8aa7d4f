"""What the papers of several kinds are made of: their head, their lines, photos, names."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import is_from
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.actions import steps
from inspect_app.hazards.honesty import before_visit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.origins import told_words
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import GRADE_NAMES, Actor, Grade, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers.content import Head, LineFacts
from inspect_app.papers.kinds import To, printable_bases
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation, Person
from inspect_app.premises.models import Party, Premises
from inspect_app.visits.models import Visit

_PRINTED = 2  # photos of a finding on a paper: a sheet or two, that is read


def head(issuer: Organisation, premises: Premises, addressee: str) -> Head:
    """Who writes to whom about which place."""
    return Head(
        issuer=issuer.name,
        side=issuer.side,
        addressee=addressee,
        place_name=premises.name,
        place_address=premises.address,
        phone=issuer.phone,
    )


def to_office(head: Head, office: str) -> Head:
    """The same head, addressed to an office."""
    return head | {"addressee": office}


def addressee(to: To, hazard: Hazard, premises: Premises) -> str:
    """The name of whom a paper of one hazard is addressed to, where its kind does not say so itself. Raises Refused where nobody has taken it over yet."""
    if to is To.HANDLER:
        if hazard.handler_id is None:
            raise Refused("这一件还没有承办单位，请先交办。")
        return db.session.get_one(Organisation, hazard.handler_id).name
    if to is To.OFFICE:
        return ""  # the kind names it: see `to_office`
    return (party_of(hazard) if to is To.PARTY else "") or premises.name


def party_of(hazard: Hazard) -> str:
    """The name of who answers for the place of a hazard; empty where nobody is known."""
    party = db.session.get(Party, hazard.party_id) if hazard.party_id else None
    return party.name if party else ""


def line_facts(hazard: Hazard, due_on: date | None) -> LineFacts:
    """What a line says of a hazard. Of many photos two are printed, and how many there are beside them is said."""
    finding, taken = hazard.finding, photos_of(hazard, "before")
    return LineFacts(
        hazard=str(hazard.id),
        number=hazard.number,
        title=hazard.title,
        words="；".join(finding.get("wordings") or []) or hazard.title,
        place=hazard.spot or "店内",
        grade=GRADE_NAMES[Grade(hazard.grade)],
        advice="；".join(finding.get("advice") or []),
        basis=printable_bases(finding.get("basis") or []),
        due_on=iso(due_on),
        photos=taken[:_PRINTED],
        photos_not_printed=max(len(taken) - _PRINTED, 0),
    )


def photos_of(hazard: Hazard, slot: str) -> list[dict[str, Any]]:
    """A hazard's photos by id, with when they were taken and what is circled; their print copies may still be on the way."""
    return _shown(hazard, [link for link in hazards.photos_of(hazard) if link.slot == slot])


def photos_among(hazard: Hazard, ids: Collection[str]) -> list[dict[str, Any]]:
    """Those of a hazard's photos, as `photos_of` gives them."""
    return _shown(hazard, [link for link in hazards.photos_of(hazard) if str(link.photo_id) in ids])


def _shown(hazard: Hazard, links: Sequence[HazardPhoto]) -> list[dict[str, Any]]:
    found = []
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
        return f"{datetime_full(photo.received_at)} 收到"
    return datetime_full(photo.taken_at) + ("（照片自带）" if photo.is_claimed else "")


def into_chains(paper: Paper, on_it: Iterable[Hazard], actor: Actor, replaces: str = "") -> None:
    """出文书 in the chain of each hazard on a paper; `replaces` is the number of the paper whose place it takes."""
    facts = {"paper": paper.id, "kind": paper.kind, "number": paper.number, "content": paper.content_sha256}
    for hazard in on_it:
        steps.take(hazard, Step.ISSUE_PAPER, actor, facts=facts | ({"replaces": replaces} if replaces else {}))


def name_of(person_id: UUID | None) -> str:
    """A person's name; empty for nobody."""
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else ""


def found_by(hazard: Hazard) -> str:
    """Who found it; of what the desk was told, who registered it and where it was heard of."""
    name, told = name_of(hazard.found_by_person_id), told_words(hazard)
    return f"{name}登记（{told}）" if told else name


def iso(day: date | None) -> str:
    """A date as content keeps it; empty for none."""
    return day.isoformat() if day else ""
