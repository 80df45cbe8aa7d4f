"""What a step asks for, and what was typed, read kindly."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.casework.dossier import Dossier
from inspect_app.checklists import queries as checklists
from inspect_app.hazards.actions import flagging, settling
from inspect_app.hazards.models import Hazard, HazardPhoto
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
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import LIMITS, shortened, whole
from inspect_app.people import queries as people
from inspect_app.people.models import Area, Organisation, Term
from inspect_app.people.rules import Role, Side
from inspect_app.premises.models import Premises

from ..fields import read_day
from ..photos import keep_upload
from .shown import Shown


@dataclass(frozen=True)
class Ask:
    """One input of a step: kind is text, area, date, days, photos, or the name of a list in CHOICES."""

    name: str
    label: str
    kind: str = "text"
    needed: bool = True
    hint: str = ""

    @property
    def most(self) -> int:
        """How many characters it takes."""
        return LIMITS["words" if self.kind == "area" else "line"]


Values = Mapping[str, Any]
# What a step does with what was typed; it may answer with its own sentence.
Run = Callable[[Hazard, Actor, "Given"], "str | None"]
Proposes = Callable[[Dossier], dict[str, str]]


def nothing(dossier: Dossier) -> dict[str, str]:
    """No value is put into the form beforehand."""
    return {}


def shows_nothing(dossier: Dossier) -> Shown | None:
    """Nothing is confirmed by this form."""
    return None


@dataclass(frozen=True)
class StepForm:
    asks: tuple[Ask, ...]
    run: Run
    loud: bool = False
    said: str = ""
    proposes: Proposes = nothing
    about: str = ""  # a line above the inputs, where an officer would hesitate
    shows: Callable[[Dossier], Shown | None] = shows_nothing  # what is confirmed: nobody confirms blind


class Given:
    """What was typed, read kindly: each getter raises Refused naming the field."""

    def __init__(self, form: Values, files: list[Any], account_id: UUID | None, premises_id: UUID) -> None:
        self.form, self.files, self.account_id, self.premises_id = form, files, account_id, premises_id

    def text(self, name: str) -> str:
        return whole(str(self.form.get(name, "")), "words", name)

    def day(self, name: str, label: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise Refused(f"请选{label}。", field=name)
        return found

    def maybe_day(self, name: str) -> date | None:
        return read_day(self.text(name), name)

    def ident(self, name: str, label: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise Refused(f"请选{label}。", field=name) from None

    def maybe_ident(self, name: str) -> UUID | None:
        return self.ident(name, "") if self.text(name) else None

    def yes(self, name: str, label: str) -> bool:
        """A choice that must be made: silence is no answer."""
        if self.text(name) not in ("yes", "no"):
            raise Refused(f"请选{label}。", field=name)
        return self.text(name) == "yes"

    def days(self, name: str, default: int) -> int:
        raw = self.text(name) or str(default)
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 365:
            raise Refused("天数要写 1 到 365 的数字。", field=name)
        return int(raw)

    def photos(self) -> tuple[UUID, ...]:
        """Store the uploaded photos and return their ids."""
        if len(self.files) > LIMITS["photos"]:
            raise Refused(
                f"一次最多附 {LIMITS['photos']} 张照片，现在有 {len(self.files)} 张。请去掉一些，一张都还没有收。",
                field="photos",
            )
        brought = [data for file in self.files if (data := file.read())]
        if not brought:
            return ()
        place = db.session.get_one(Premises, self.premises_id)
        return tuple(keep_upload(data, place, self.account_id) for data in brought)


def check_offered(form: StepForm, given: Given, dossier: Dossier) -> None:
    """Raises Refused for a value that its select did not offer: an id typed into a form opens no more than one in an
    address; and for more words than an input takes."""
    for ask in form.asks:
        value = whole(given.text(ask.name), "words" if ask.kind == "area" else "line", ask.name)
        if ask.kind in CHOICES and value and value not in {offered for offered, _ in choices(ask.kind, dossier)}:
            raise Refused(f"请从名单里选：{ask.label}。", field=ask.name)


def asked_as(form: StepForm, field: str | None) -> str:
    """The input that a refusal is about: rules name it by its column or by what the page calls it."""
    for ask in form.asks:
        if field and (field == ask.name or ask.label in field or field in ask.label):
            return ask.name
    return ""


def lacking(form: StepForm, typed: Values) -> list[Refused]:
    """Every input that was left empty or cannot be read: said together with whatever a step was refused for."""
    faults = Faults()
    given = Given(typed, [], None, UUID(int=0))
    for ask in form.asks:
        if ask.kind == "photos":
            continue  # whether one came is known only where they are stored
        said = faults.of(given.text, ask.name)  # None: more words than are taken, and that is a fault of its own
        if ask.needed and ask.kind != "days" and said == "":
            faults.add(f"请{'写' if ask.kind in ('text', 'area') else '选'}{ask.label}。", ask.name)
        elif ask.kind == "date":
            faults.of(given.maybe_day, ask.name)
        elif ask.kind == "days":
            faults.of(given.days, ask.name, 1)
    return faults.found


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
    areas, serving = dossier.register.areas.values(), people.people_with_any(_VERIFIERS)
    rows = [
        (role, row)
        for role in _VERIFIERS
        for row in serving
        if row[1].role == role and _would_see(dossier.hazard, role, row[1], areas)
    ]
    return [
        Actor(
            who=who_is(role, Side(organisation.side)), person_id=person.id, organisation_id=organisation.id,
            side=Side(organisation.side), term_id=term.id, name=f"{person.name}（{organisation.short_name}）",
        )
        for role, (person, term, organisation) in rows
    ]  # fmt: skip


def _would_see(hazard: Hazard, role: Role, term: Term, areas: Iterable[Area]) -> bool:
    """`hazards.queries.visible` of somebody under a term."""
    if role is Role.HANDLER:
        return term.organisation_id in (hazard.handler_id, hazard.first_receiver_id)
    return hazard.area_id in people.below(term.area_id, areas)


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


PLACES = {"before": "整改前", "after": "整改后", "look": "核验和回访", "document": "文书"}


def _photos(links: Sequence[HazardPhoto]) -> list[tuple[str, str]]:
    counted: dict[tuple[str, int], int] = {}
    found = []
    for link in links:
        key = (link.place, link.round_number)
        counted[key] = counted.get(key, 0) + 1
        when = f"{clock.to_local(link.added_at):%-m月%-d日 %H:%M}"
        found.append(
            (str(link.photo_id), f"{PLACES[link.place]}，第 {link.round_number} 轮第 {counted[key]} 张，{when}")
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
    rows = people.officers(dossier.scope.organisation_id, clock.today())
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
    "authority": lambda dossier: _named(flagging.authorities(dossier.hazard)),
    "lister": lambda dossier: _named(flagging.listers(dossier.hazard, dossier.me)),
    "lifter": lambda dossier: _named(flagging.lifters(dossier.hazard, dossier.me)),
    "officer": _officers,
    "live_order": _live_order,
    "return_to": lambda _: [("awaiting_verification", "重新核验，整改的照片还算数"), ("rectifying", "重新整改")],
    "yesno": lambda _: [("yes", "是"), ("no", "不是")],
    "way": lambda _: [(way, label) for way, label in settling.WAYS.items() if way != "look_back"],
}
