"""The papers on a hazard's page and the form of an order: who may see it, what stands in it beforehand, what is still to be
set up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from inspect_app.casework import orders
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import ordering
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.kinds import printable_bases
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import NAMES, STAMPS, Standing
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation
from inspect_app.premises.models import Party, Premises


@dataclass(frozen=True)
class OrderForm:
    """What stands in the form beforehand; `lacking` blocks it."""

    title: str
    power_basis: str
    officers: list[tuple[str, str]]
    proposed: dict[str, str]
    live: str
    lacking: list[str]


@dataclass(frozen=True)
class Sheets:
    """What the part about papers shows: how each stands, what took its place, whether a report may be made, an order."""

    papers: Sequence[Paper]
    standings: Mapping[UUID, str]  # in words, of those that do not simply stand
    replacing: Mapping[UUID, str]  # the number of what took its place
    reported: bool
    order: OrderForm | None


def sheets_shown(dossier: Dossier) -> Sheets:
    """The papers of a hazard's page, and the form of an order for whoever may order."""
    sheets, standings = dossier.sheets, dossier.standings
    return Sheets(
        papers=sheets,
        standings={identity: NAMES[how] for identity, how in standings.items() if how in STAMPS},
        replacing={row.replaces_id: row.number for row in sheets if row.replaces_id},
        reported=any(row.kind == "closure" and standings[row.id] is Standing.STANDS for row in sheets),
        order=_order_form(dossier),
    )


def _order_form(dossier: Dossier) -> OrderForm | None:
    """None for whoever may not order on this hazard now."""
    hazard, me = dossier.hazard, dossier.me
    if Step.ORDER not in open_steps(dossier.case, me) or me.organisation_id is None:
        return None
    office = dossier.register.organisations[me.organisation_id]
    officers = people.officers(office.id, clock.today())
    return OrderForm(
        title=office.order_title or orders.TITLE,
        power_basis=ordering.power_of(hazard, me).basis,
        officers=[(str(row.id), f"{row.name}（执法证号 {row.card_number}）") for row in officers],
        proposed=_proposed(hazard, dossier.place, office),
        live=hazard.order_number or "",
        lacking=_lacking(office, len(officers)),
    )


def _proposed(hazard: Hazard, place: Premises, office: Organisation) -> dict[str, str]:
    """The advice of the finding as what to do, its printable bases as what was breached, the place as where."""
    party = db.session.get(Party, hazard.party_id) if hazard.party_id else None
    return {
        "due_on": hazard.mending_on.isoformat() if hazard.mending_on else "",
        "basis": "\n".join(printable_bases(hazard.finding.get("basis") or [])),
        "requirement": "；".join(hazard.finding.get("advice") or []),
        "inspected_at": f"{place.address}，{place.name}",
        "identity": orders.identity_of(party),
        "section": office.section,
    }


def _lacking(office: Organisation, officers: int) -> list[str]:
    """What an administrator has to set up before this organisation can order at all."""
    wanted = {
        "逾期不改正的后果": office.consequence, "复议机关": office.review_body, "人民法院": office.court,
        "联系地址": office.address, "联系电话": office.phone,
    }  # fmt: skip
    lacking = [name for name, value in wanted.items() if not value]
    return lacking if officers > 1 else [*lacking, "两名执法人员"]


def corrected_after(dossier: Dossier) -> bool:
    """Whether a paper that still stands was issued before the newest 更正: a replacing one is due."""
    line = dossier.newest(Step.CORRECT)
    return line is not None and any(
        dossier.standings[row.id] is Standing.STANDS and row.frozen_at < line.event.at for row in dossier.sheets
    )
