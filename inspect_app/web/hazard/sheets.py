"""The papers on a hazard's page: how each stands, and which kinds the reader may make now."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.papers import KINDS, offers
from inspect_app.casework.papers.entry import Offer, PaperKind
from inspect_app.casework.papers.restating import is_told
from inspect_app.hazards.rules import Step
from inspect_app.papers.filed import FiledScan, awaits_scan, filed_of
from inspect_app.papers.models import Paper
from inspect_app.papers.settings import signed_off_kinds
from inspect_app.papers.standing import NAMES, STAMPS, PaperStanding
from inspect_app.slips import queries as slips
from inspect_app.slips.queries import VisitSlip

_OPEN = 2  # forms and buttons that stand open; a reader with a dozen of them finds none


@dataclass(frozen=True)
class Sheets:
    """What the part about papers shows: how each stands, what took its place, what else may be made."""

    papers: Sequence[Paper]
    standings: Mapping[UUID, str]  # in words, of those that do not simply stand
    replacing: Mapping[UUID, str]  # the number of what took its place
    offers: Sequence[tuple[PaperKind, Offer]]  # the likeliest now
    more: Sequence[tuple[PaperKind, Offer]]  # the others, behind 更多文书
    words: Set[UUID]  # papers of which a Word copy may be fetched
    together: Mapping[str, int]  # by the code of a kind: how many hazards of the premises one paper may carry
    filed: Mapping[UUID, Sequence[FiledScan]]  # pages of sealed or signed sheets that came back
    signed_off: frozenset[
        str
    ]  # codes of kinds that a second account signs off: they are drafted on a page of their own
    awaited: frozenset[UUID]  # papers that are to be sealed and have not come back
    stays: Mapping[UUID, str]  # what a sheet that was given up was the sheet of, which still stands, and what to do
    slips: Sequence[VisitSlip]  # filled in by hand and left on the visit that found it

    @property
    def forms(self) -> Sequence[str]:
        """The names of all forms: what is refused of a paper that is offered no more has no form to stand in."""
        return [f"paper-{kind.code}" for kind, _ in self.offers] + [*self.more_forms]

    @property
    def more_forms(self) -> Sequence[str]:
        """The names under which the forms of the others are said to stand open."""
        return [f"paper-{kind.code}" for kind, _ in self.more]


def sheets_shown(dossier: Dossier) -> Sheets:
    """The papers of a hazard's page, and what stands in the forms of those that the reader may make."""
    sheets, standings, made = dossier.sheets, dossier.standings, offers(dossier)
    likely = [one for one in made if one[1].likely][:_OPEN]
    away = {identity for identity, how in standings.items() if how in STAMPS}
    filed = filed_of(row.id for row in sheets)
    return Sheets(
        papers=sheets,
        standings={identity: NAMES[standings[identity]] for identity in away},
        replacing={row.replaces_id: row.number for row in sheets if row.replaces_id},
        offers=likely,
        more=made[len(likely) :],
        words={row.id for row in sheets if KINDS[row.kind].word and row.id not in away},
        together={
            kind.code: 1 + sum(kind.goes_with(dossier.hazard, row, dossier.me) for row in dossier.beside)
            for kind, _ in made
            if kind.chooses
        },
        filed=filed,
        signed_off=signed_off_kinds(dossier.scope.organisation_id) if made else frozenset(),
        awaited=frozenset(row.id for row in sheets if awaits_scan(row, standings[row.id], filed[row.id])),
        stays={
            row.id: _stays(row, {kind.code for kind, _ in made}) for row in sheets if _leaves_its_step(row, dossier)
        },
        slips=slips.of_visit(dossier.hazard.visit_id),
    )


def _leaves_its_step(paper: Paper, dossier: Dossier) -> bool:
    """Whether it was given up while what it was the sheet of goes on."""
    open_still, void = dossier.hazard.settled_on is None, dossier.standings[paper.id] is PaperStanding.VOID
    return open_still and void and bool(KINDS[paper.kind].act)


def _stays(paper: Paper, offered: Set[str]) -> str:
    kind = KINDS[paper.kind]
    again = "要补一张的，在下面重新出。" if paper.kind in offered else ""
    return f"作废的只是这张单子，{kind.act}没有撤。{again}{kind.act_undone}"


def corrected_after(dossier: Dossier) -> bool:
    """Whether a paper that still stands was issued before the newest 更正: a replacing one is due."""
    line = dossier.newest(Step.CORRECT)
    return line is not None and any(
        dossier.standings[row.id] is PaperStanding.STANDS and row.frozen_at < line.event.at and is_told(row)
        for row in dossier.sheets
    )
