"""An order on paper: what the officer gave, what the organisation's settings say, the power it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from inspect_app.hazards.actions import ordering
from inspect_app.hazards.case import case_of, require_words
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Step, decide
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole
from inspect_app.papers import queries
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation, OrganisationOfficer, OrganisationPower
from inspect_app.premises.models import Party, Premises

TITLE = "整改通知书"
_REVIEW_DAYS, _COURT_MONTHS = "六十日", "六个月"


@dataclass(frozen=True)
class Asked:
    """What the form of an order gave, read and checked against the issuer's own lists."""

    due_on: date
    basis: list[str]
    requirement: str
    inspection: ordering.Inspection
    officers: list[OrganisationOfficer]
    power: OrganisationPower
    identity: str
    section: str
    interim: str
    replaces: str
    replaces_id: UUID | None

    def order(self, paper: Paper, content: Mapping[str, Any]) -> ordering.Order:
        """The step that the paper is the sheet of."""
        return ordering.Order(
            title=content["title"], number=paper.number, due_on=self.due_on,
            officers=[row.id for row in self.officers], inspection=self.inspection, requirement=self.requirement,
            remedies=content["remedies"], replaces=self.replaces,
        )  # fmt: skip


def read(hazard: Hazard, actor: Actor, typed: Mapping[str, str]) -> Asked:
    """Raises NotAllowed before anything else for who may not order here, then Refused naming the field."""
    decide(case_of(hazard), Step.ORDER, actor)
    power = ordering.power_of(hazard, actor)
    said = {name: whole(value, "words", name) for name, value in typed.items()}
    replaces = said.get("replaces", "")
    ordering.check_replacement(hazard, replaces)
    old = _own(replaces, actor)
    faults = Faults()
    due_on = faults.of(_day, said, "due_on", "整改期限")
    inspected_on = faults.of(_day, said, "inspected_on", "检查日期")
    words = {
        name: faults.of(require_words, said.get(name, ""), label, name)
        for name, label in (
            ("inspected_at", "检查地点"), ("record", "检查记录编号"), ("identity", "被责令人的身份"), ("requirement", "整改要求"),
        )
    }  # fmt: skip
    officers = faults.of(
        ordering.chosen_officers,
        actor.organisation_id,
        [_id(said.get(name, "")) for name in ("officer_1", "officer_2")],
    )
    faults.refuse()
    inspection = ordering.Inspection(cast(date, inspected_on), str(words["inspected_at"]), str(words["record"]))
    return Asked(
        due_on=cast(date, due_on), basis=[part.strip() for part in said.get("basis", "").splitlines() if part.strip()],
        requirement=str(words["requirement"]), inspection=inspection, officers=officers or [], power=power,
        identity=str(words["identity"]), section=said.get("section", ""), interim=said.get("interim", ""),
        replaces=replaces, replaces_id=old.id if old else None,
    )  # fmt: skip


def content(asked: Asked, issuer: Organisation, place: Premises, line: dict[str, Any]) -> dict[str, Any]:
    """What the sheet prints beside its head. What the settings leave empty stays empty here, and is named as missing."""
    title = issuer.order_title or TITLE
    return {
        "title": title,
        "identity": asked.identity,
        "inspected_on": asked.inspection.on.isoformat(),
        "inspected_at": asked.inspection.place,
        "record": asked.inspection.record,
        "power_basis": asked.power.basis,
        "requirement": asked.requirement,
        "officers": [{"name": row.name, "card": row.card_number} for row in asked.officers],
        "section": asked.section,
        "consequence": issuer.consequence,
        "remedies": remedies(issuer, title),
        "contact_address": issuer.address,
        "interim": asked.interim,
        "replaces": asked.replaces,
        "lines": [line | {"basis": asked.basis}],
    }


def remedies(issuer: Organisation, title: str) -> str:
    """Where the addressee may turn, and until when; empty while the organisation has not set both."""
    if not (issuer.review_body and issuer.court):
        return ""
    return (
        f"如不服本{title}，可以自收到之日起{_REVIEW_DAYS}内向{issuer.review_body}申请行政复议，"
        f"也可以自收到之日起{_COURT_MONTHS}内向{issuer.court}提起行政诉讼。"
    )


def register(hazard: Hazard, actor: Actor, made: ordering.Order) -> None:
    """Take the step of an order made elsewhere. One that was printed here is given up first: no sheet says that it is replaced."""
    if made.replaces and queries.order_of(made.replaces) is not None:
        raise Refused(f"{made.replaces}是在这里出的。换成别处出的，请先作废它。", field="replaces")
    ordering.order(hazard, actor, made)


def _own(number: str, actor: Actor) -> Paper | None:
    """The paper an order would replace; one made elsewhere has none here. Another office's is not ours to replace."""
    paper = queries.order_of(number) if number else None
    if paper is not None and paper.issuer_id != actor.organisation_id:
        raise Refused(f"{number}是别的单位出的，请它先作废，再另出一份。", field="replaces")
    return paper


def identity_of(party: Party | None) -> str:
    """Who is ordered, by the code of the licence; empty where none is known and the officer has to write it."""
    return f"统一社会信用代码 {party.credit_code}" if party and party.credit_code else ""


def _day(said: Mapping[str, str], name: str, label: str) -> date:
    if not said.get(name):
        raise Refused(f"请选{label}。", field=name)
    try:
        return date.fromisoformat(said[name])
    except ValueError:
        raise Refused(f"{label}不对，请重新选。", field=name) from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
