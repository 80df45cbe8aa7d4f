"""What the selects of a step offer, each list read from the dossier of the hazard."""

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.checklists import queries as checklists
from inspect_app.hazards.actions import flagging, verifying
from inspect_app.hazards.gallery import SLOT_NAMES
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import (
    ASKED_NAMES,
    GRADE_NAMES,
    Actor,
    Grade,
    Request,
    Step,
    Who,
    recordable,
    retractable,
    who_is,
    why_not_verify,
)
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import shortened, whole
from inspect_app.people import areas, powers
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation, RoleTerm
from inspect_app.people.rules import Role, Side

from .inputs import OfferedForm, TypedInputs


def check_offered(form: OfferedForm, given: TypedInputs, dossier: Dossier) -> None:
    """Raises Refused for a value that its select did not offer: an id typed into a form opens no more than one in an
    address; and for more words than an input takes."""
    for ask in form.asks:
        value = whole(given.text(ask.name), "words" if ask.kind == "area" else "line", ask.name)
        if ask.kind in CHOICES and value and value not in {offered for offered, _ in choices(ask.kind, dossier)}:
            raise Refused(f"请从名单里选：{ask.label}。", field=ask.name)


def choices(kind: str, dossier: Dossier) -> list[tuple[str, str]]:
    """What a select of a step offers."""
    return CHOICES[kind](dossier)


def _handlers(dossier: Dossier) -> list[tuple[str, str]]:
    offices = dossier.register.organisations.values()
    return [(str(row.id), row.name) for row in offices if row.side == Side.GOVERNMENT]


def _organisations(dossier: Dossier) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in dossier.register.organisations.values()]


_VERIFIERS = (Role.SUPERVISOR, Role.DEPUTY, Role.HANDLER)


def candidates(dossier: Dossier) -> list[Actor]:
    """Everybody who could be asked to verify, as one who would act: who does not see the hazard is not asked."""
    serving = people.people_with_any(_VERIFIERS)
    over = areas.above(dossier.hazard.area_id, dossier.register.areas.values())
    rows = [
        (role, row)
        for role in _VERIFIERS
        for row in serving
        if row[1].role == role and _would_see(dossier.hazard, role, row[1], over)
    ]
    return [
        Actor(
            who=who_is(role, Side(organisation.side)),
            person_id=person.id,
            organisation_id=organisation.id,
            side=Side(organisation.side),
            term_id=term.id,
            name=f"{person.name}（{organisation.short_name}）",
        )
        for role, (person, term, organisation) in rows
    ]


def _would_see(hazard: Hazard, role: Role, term: RoleTerm, over: Collection[UUID]) -> bool:
    """`hazards.queries.visible` of somebody under a term; `over` are the areas in which the hazard lies."""
    if role is Role.HANDLER:
        return term.organisation_id in (hazard.handler_id, hazard.first_receiver_id)
    return term.area_id in over


def _verifiers(dossier: Dossier) -> list[tuple[str, str]]:
    """Only those who may: who mended, submitted, witnessed or is linked to the place is not offered."""
    able = (who for who in candidates(dossier) if why_not_verify(dossier.case, who) is None)
    return [(str(who.person_id), who.name) for who in able]


def _siblings(dossier: Dossier) -> list[tuple[str, str]]:
    return [(str(row.id), f"{row.title} {row.number}") for row in dossier.beside]


def asked_of_office(dossier: Dossier) -> list[tuple[str, str]]:
    """What another office was asked, whose written answer may be recorded."""
    return _requests(dossier, recordable(dossier.case, dossier.me))


def own_asked(dossier: Dossier) -> list[tuple[str, str]]:
    """What the one who is signed in has asked and nobody has answered."""
    return _requests(dossier, retractable(dossier.case, dossier.me))


def _party_asked(dossier: Dossier) -> list[tuple[str, str]]:
    return _requests(dossier, retractable(dossier.case, Actor(Who.PARTY, party_id=dossier.hazard.party_id)))


def _requests(dossier: Dossier, among: Sequence[Request]) -> list[tuple[str, str]]:
    wanted = {request.step for request in among}
    return [
        (str(row.id), f"{ASKED_NAMES[Step(row.step)]}：{shortened(row.reason, 'choice')}")
        for row in dossier.requests
        if row.step in wanted
    ]


def _photos(links: Sequence[HazardPhoto]) -> list[tuple[str, str]]:
    counted: dict[tuple[str, int], int] = {}
    found = []
    for link in links:
        key = (link.slot, link.round_number)
        counted[key] = counted.get(key, 0) + 1
        when = f"{clock.to_local(link.added_at):%-m月%-d日 %H:%M}"
        found.append(
            (str(link.photo_id), f"{SLOT_NAMES[link.slot]}，第 {link.round_number} 轮第 {counted[key]} 张，{when}")
        )
    return found


def _awaited(dossier: Dossier) -> list[tuple[str, str]]:
    links = dossier.records.announced
    named = dict(_photos([link.row for link in links]))
    ids = [str(link.row.photo_id) for link in links if not link.arrived]
    return [(photo_id, named[photo_id]) for photo_id in ids]


def _standing_photos(dossier: Dossier) -> list[tuple[str, str]]:
    return _photos([link.row for link in dossier.records.photos if link.row.dropped is None])


def _items(dossier: Dossier) -> list[tuple[str, str]]:
    version = dossier.hazard.checklist_version_id
    return [(item.code, item.title) for item in checklists.version(version).items] if version else []


def _lower(dossier: Dossier) -> list[tuple[str, str]]:
    return [(str(Grade.GENERAL), GRADE_NAMES[Grade.GENERAL])]


def _officers(dossier: Dossier) -> list[tuple[str, str]]:
    rows = powers.officers(dossier.scope.organisation_id, clock.today())
    return [(str(row.id), f"{row.name}（{row.card_number}）") for row in rows]


def _named(rows: Sequence[Organisation]) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in rows]


def _live_order(dossier: Dossier) -> list[tuple[str, str]]:
    number = dossier.hazard.order_number
    return [(number, f"代替{number}")] if number else []


def _papers(dossier: Dossier) -> list[tuple[str, str]]:
    return [(str(row.id), f"{row.title} {row.number}") for row in dossier.sheets]


CHOICES: Mapping[str, Callable[[Dossier], list[tuple[str, str]]]] = {
    "handler": _handlers,
    "organisation": _organisations,
    "verifier": _verifiers,
    "sibling": _siblings,
    "asked_of_office": asked_of_office,
    "own_asked": own_asked,
    "party_asked": _party_asked,
    "awaited": _awaited,
    "photo": _standing_photos,
    "item": _items,
    "lower": _lower,
    "paper": _papers,
    "authority": lambda dossier: _named(dossier.authorities),
    "lister": lambda dossier: _named(flagging.listers(dossier.hazard, dossier.me)),
    "lifter": lambda dossier: _named(flagging.lifters(dossier.hazard, dossier.me)),
    "officer": _officers,
    "live_order": _live_order,
    "return_to": lambda _: [("awaiting_verification", "重新核验，整改的照片还算数"), ("rectifying", "重新整改")],
    "yesno": lambda _: [("yes", "是"), ("no", "不是")],
    "way": lambda _: [(way, label) for way, label in verifying.WAYS.items() if way != "look_back"],
}
