"""The papers on a hazard's page: how each stands, and which kinds the reader may make now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.papers import offers
from inspect_app.casework.papers.entry import Offer, PaperKind
from inspect_app.hazards.rules import Step
from inspect_app.papers.filed import FiledScan, awaits_scan, filed_of
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import NAMES, STAMPS, PaperStanding


@dataclass(frozen=True)
class Sheets:
    """What the part about papers shows: how each stands, what took its place, what else may be made."""

    papers: Sequence[Paper]
    standings: Mapping[UUID, str]  # in words, of those that do not simply stand
    replacing: Mapping[UUID, str]  # the number of what took its place
    offers: Sequence[tuple[PaperKind, Offer]]
    filed: Mapping[UUID, Sequence[FiledScan]]  # pages of sealed or signed sheets that came back
    awaited: frozenset[UUID]  # papers that are to be sealed and have not come back


def sheets_shown(dossier: Dossier) -> Sheets:
    """The papers of a hazard's page, and what stands in the forms of those that the reader may make."""
    sheets, standings = dossier.sheets, dossier.standings
    filed = filed_of(row.id for row in sheets)
    return Sheets(
        papers=sheets,
        standings={identity: NAMES[how] for identity, how in standings.items() if how in STAMPS},
        replacing={row.replaces_id: row.number for row in sheets if row.replaces_id},
        offers=offers(dossier),
        filed=filed,
        awaited=frozenset(row.id for row in sheets if awaits_scan(row, standings[row.id], filed[row.id])),
    )


def corrected_after(dossier: Dossier) -> bool:
    """Whether a paper that still stands was issued before the newest 更正: a replacing one is due."""
    line = dossier.newest(Step.CORRECT)
    return line is not None and any(
        dossier.standings[row.id] is PaperStanding.STANDS and row.frozen_at < line.event.at for row in dossier.sheets
    )
