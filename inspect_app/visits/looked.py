"""What somebody at the desk said of a question about a visit: the question itself is worked out anew each time it is shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from inspect_app.hazards.case import require_words
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.limits import whole
from inspect_app.kernel.races import insert_if_absent
from inspect_app.people.models import Person
from inspect_app.people.rules import Scope

from .honesty import Asked, VisitQuestion
from .models import QuestionLooked, Visit


@dataclass(frozen=True)
class QuestionReply:
    """What came of asking, who asked and when."""

    words: str
    by: str
    at: datetime


def said_of(visit: Visit) -> dict[tuple[Asked, int], QuestionReply]:
    """What was said of each question about a visit, by what it rested on then."""
    rows = db.session.execute(
        select(QuestionLooked, Person.name)
        .join(Person, Person.id == QuestionLooked.looked_by_person_id)
        .where(QuestionLooked.visit_id == visit.id)
    )
    return {(Asked(row.asked), row.resting_on): QuestionReply(row.words, name, row.looked_at) for row, name in rows}


def say(visit: Visit, question: VisitQuestion, scope: Scope, words: str) -> None:
    """看过了. The first answer to a question stays. Raises Refused without words."""
    said = whole(require_words(words, "问到的情况", "words"), "line", "words")
    insert_if_absent(
        QuestionLooked,
        visit_id=visit.id,
        asked=str(question.asked),
        resting_on=len(question.found),
        words=said,
        looked_at=clock.now(),
        looked_by_person_id=scope.person_id,
    )
