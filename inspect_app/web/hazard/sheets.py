"""The papers on a hazard's page: how each stands, and which kinds the reader may make now."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.papers import KINDS, offers
from inspect_app.casework.papers.entry import Offer, PaperKind
from inspect_app.hazards.rules import Step
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import NAMES, STAMPS, PaperStanding


@dataclass(frozen=True)
class Sheets:
    """What the part about papers shows: how each stands, what took its place, what else may be made."""

    papers: Sequence[Paper]
    standings: Mapping[UUID, str]  # in words, of those that do not simply stand
    replacing: Mapping[UUID, str]  # the number of what took its place
    offers: Sequence[tuple[PaperKind, Offer]]
    words: Set[UUID]  # papers of which a Word copy may be fetched
    together: Mapping[str, int]  # by the code of a kind: how many hazards of the premises one paper may carry


def sheets_shown(dossier: Dossier) -> Sheets:
    """The papers of a hazard's page, and what stands in the forms of those that the reader may make."""
    sheets, standings = dossier.sheets, dossier.standings
    away = {identity for identity, how in standings.items() if how in STAMPS}
    return Sheets(
        papers=sheets,
        standings={identity: NAMES[standings[identity]] for identity in away},
        replacing={row.replaces_id: row.number for row in sheets if row.replaces_id},
        words={row.id for row in sheets if KINDS[row.kind].word and row.id not in away},
        offers=(offered := offers(dossier)),
        together={
            kind.code: 1 + sum(kind.fits(row, dossier.me) for row in dossier.beside) for kind, _ in offered if kind.many
        },
    )


def corrected_after(dossier: Dossier) -> bool:
    """Whether a paper that still stands was issued before the newest 更正: a replacing one is due."""
    line = dossier.newest(Step.CORRECT)
    return line is not None and any(
        dossier.standings[row.id] is PaperStanding.STANDS and row.frozen_at < line.event.at for row in dossier.sheets
    )
