"""What of a hazard has to be told to who holds a paper: it was merged, it was taken back, its paper says something wrong."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import GRADE_NAMES, Grade, State, Step
from inspect_app.kernel.database import db
from inspect_app.papers import queries, validity
from inspect_app.papers.kinds import KINDS, DocumentNumber
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import PaperStanding

CORRECTED = "corrected"
_ENDS = {State.MERGED: ("merged", "并案", Step.ASK_MERGE), State.VOID: ("voided", "撤销", Step.ASK_VOID)}


def what_may_be_stated(hazard: Hazard, office: UUID | None, *, dossier: Dossier | None = None) -> dict[str, str]:
    """What may be stated of a hazard now, by its key and in words; a correction names the office's own paper that it is of:
    `corrected:<paper>`."""
    found = {key: words for state, (key, words, _) in _ENDS.items() if hazard.state == state}
    line = _newest(dossier.log if dossier else hazards.log_of(hazard), Step.CORRECT)
    if line is None:
        return found
    sheets = dossier.sheets if dossier else queries.of_hazard(hazard.id)
    standings = dossier.standings if dossier else validity.standings(sheets)
    wrong = (
        row
        for row in sheets
        if row.issuer_id == office and standings[row.id] is PaperStanding.STANDS and row.frozen_at < line.event.at
    )
    return found | {f"{CORRECTED}:{row.id}": f"更正{row.number}" for row in wrong if _may_be_corrected(row)}


def _may_be_corrected(paper: Paper) -> bool:
    """An order only by another order; a report by another report; a record is no notice."""
    kind = KINDS[paper.kind]
    return is_told(paper) and not kind.is_order and not kind.reports_end


def is_told(paper: Paper) -> bool:
    """Whether somebody acts on what a paper says, so that it is told anew where it was wrong: no record of the office's own."""
    kind = KINDS[paper.kind]
    return bool(kind.ways) or isinstance(kind.numbering, DocumentNumber)


def said_of(hazard: Hazard, case: str, since: Paper | None) -> tuple[str, LogLine | None]:
    """What became of a hazard in words, and the line of its log that says why and by whom."""
    log = hazards.log_of(hazard)
    if case == CORRECTED:
        line = _newest(log, Step.CORRECT)
        if line is None or since is None or line.event.at < since.frozen_at:
            return "没有变化", None
        return "；".join(_corrections(line)) or "内容已更正，以上面写的为准", line
    asked = next(step for key, _, step in _ENDS.values() if key == case)
    target = db.session.get(Hazard, hazard.merged_into_id) if hazard.merged_into_id else None
    words = f"并到“{target.title}”（编号 {target.number}）一并办理" if target else "记录撤销，不用再处理"
    return words, _newest(log, asked)


def _corrections(line: LogLine) -> Iterator[str]:
    """Each thing that was put right: what stood there, what is right."""
    words, facts = line.words or {}, line.event.body["facts"]
    for name, key in (("问题", "title"), ("位置", "place")):
        if key in words:
            yield f"{name}由“{words.get(f'old_{key}') or '没有写'}”更正为“{words[key]}”"
    if facts.get("grade") and facts.get("old_grade"):
        yield f"级别由“{_grade(facts, 'old_grade')}”更正为“{_grade(facts, 'grade')}”"
    if facts.get("wrong_photo"):
        yield "换掉一张放错的照片"


def _grade(facts: Mapping[str, object], name: str) -> str:
    return GRADE_NAMES[Grade(str(facts[name]))]


def _newest(log: list[LogLine], step: Step) -> LogLine | None:
    return next((line for line in log if line.event.step == step), None)
