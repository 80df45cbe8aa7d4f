"""Answers of whoever holds a paper: taken as the party's own step, with a receipt, once, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.evidence import queries as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import written
from inspect_app.hazards.case import require_words
from inspect_app.hazards.locking import lock, lock_all
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.rules import Actor, State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.ids import new_code
from inspect_app.papers import validity
from inspect_app.papers.holders import PaperAnswer
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper, PaperLine
from inspect_app.papers.standing import PaperStanding

from . import party
from .rules import check_answerable

RECEIPT_LENGTH = 4
MOST_PHOTOS_A_DAY = 60  # of one paper: a shop with thirty lines sends two of each
MOST_ANSWERS_A_DAY = 5  # to one line: each of them is told to somebody
NOTHING_SAID = "凭单子发来照片，没有另写说明。"


class TooManyPhotos(Refused):
    """So many photos were sent for this paper today that somebody is to call."""

    status = 429


def takes_answers(paper: Paper, standing: PaperStanding) -> bool:
    """Whether its holder may answer it: it stands, asks something, and was brought to whoever answers for the place."""
    kind = KINDS[paper.kind]
    return standing is PaperStanding.STANDS and kind.tells_place and not kind.reports_end


def check_room(paper: Paper, more: int = 1) -> None:
    """Raises TooManyPhotos where no more are taken today: a code in wrong hands fills no disk."""
    since = clock.now() - timedelta(days=1)
    sent = select(func.count()).select_from(Photo).where(Photo.paper_id == paper.id, Photo.received_at > since)
    if (db.session.scalar(sent) or 0) + more > MOST_PHOTOS_A_DAY:
        raise TooManyPhotos("今天发来的照片太多了，收不下了。请明天再发，或打电话给我们。")


@dataclass(frozen=True)
class Mended:
    """It is done: photos that have come, and how, where it was said."""

    photo_ids: Sequence[UUID]
    words: str

    what = "mended"
    until: date | None = None

    def take(self, hazard: Hazard, actor: Actor, paper: Paper) -> HazardRequest | None:
        """Take the step. Raises Refused for photos that have not come, and what the rules say."""
        _check_photos(self.photo_ids, paper)
        words = self.words.strip() or NOTHING_SAID
        party.mended(hazard, actor, photo_ids=tuple(self.photo_ids), words=words)
        return None


@dataclass(frozen=True)
class Later:
    """More time is wanted: until when, why, and what protects meanwhile."""

    until: date
    reason: str
    interim: str

    what = "later"

    def take(self, hazard: Hazard, actor: Actor, paper: Paper) -> HazardRequest | None:
        """Take the step. Raises what the rules say."""
        return party.later(hazard, actor, until=self.until, reason=self.reason, interim=self.interim)


@dataclass(frozen=True)
class Wrong:
    """The line is not right, and why."""

    reason: str

    what = "wrong"
    until: date | None = None

    def take(self, hazard: Hazard, actor: Actor, paper: Paper) -> HazardRequest | None:
        """Take the step. Raises what the rules say."""
        return party.wrong(hazard, actor, reason=self.reason, paper=paper)


def answer_line(paper: Paper, position: int, said: Mended | Later | Wrong) -> PaperAnswer:
    """Take an answer to one line of a paper. Of two at once the second finds what the first has done.

    Raises NotThere for a line that the paper does not have, Refused in words for the holder where nothing is to be answered.
    """
    hazard = lock(hazard_of(paper, position))
    _check_standing(paper)
    check_answerable(State(hazard.state))
    _check_often(paper, hazard)
    round_number = hazard.round_number
    receipt = _fresh_receipt()
    request = said.take(hazard, party.holding(hazard, paper, receipt), paper)
    return _kept(paper, receipt, said.what, hazard=hazard, round_number=round_number, request=request, until=said.until)


def say_gone(paper: Paper, reason: str) -> PaperAnswer:
    """这家店已经不是我的了: said of every line on which something is still to be done. Nothing ends by it.

    Raises Refused where nothing is left to be answered.
    """
    reason = require_words(reason, "怎么回事", "reason")
    wanted = db.session.scalars(select(PaperLine.hazard_id).where(PaperLine.paper_id == paper.id)).all()
    hazards = [row for row in lock_all(wanted) if row.id in set(wanted) and State(row.state).is_open]
    _check_standing(paper)
    said = db.session.scalar(
        select(PaperAnswer.receipt).where(PaperAnswer.paper_id == paper.id, PaperAnswer.what == "gone")
    )
    if said is not None:
        raise Refused(f"刚才已经收到过您的话了，回执 {said}。会有人来核实，不用再说。")
    if not hazards:
        raise Refused("这张单子上的都办完了，不用再说。")
    receipt = _fresh_receipt()
    for row in hazards:
        party.gone(row, party.holding(row, paper, receipt), reason=reason)
    return _kept(paper, receipt, "gone")


def hazard_of(paper: Paper, position: int) -> UUID:
    """The hazard that stands on a line. Raises NotThere."""
    found = db.session.scalar(
        select(PaperLine.hazard_id).where(PaperLine.paper_id == paper.id, PaperLine.position == position)
    )
    if found is None:
        raise NotThere("这张单子上没有这一条。")
    return found


def _check_standing(paper: Paper) -> None:
    if not takes_answers(paper, validity.standings([paper])[paper.id]):
        raise Refused("这张单子现在不用照它办了，您的这一次没有写进去。")


def _check_often(paper: Paper, hazard: Hazard) -> None:
    today = (
        select(func.count())
        .select_from(PaperAnswer)
        .where(
            PaperAnswer.paper_id == paper.id,
            PaperAnswer.hazard_id == hazard.id,
            PaperAnswer.answered_at > clock.now() - timedelta(days=1),
        )
    )
    if (db.session.scalar(today) or 0) >= MOST_ANSWERS_A_DAY:
        raise Refused("这一条今天已经答复过好几次了。还有话说，请打电话给我们。")


def _check_photos(photo_ids: Sequence[UUID], paper: Paper) -> None:
    """Only what has come counts: an answer is whole, or it is none."""
    if not photo_ids:
        raise Refused("请先拍一张照片。", field="photos")
    mine = written((paper.id,))
    lacking = set(photo_ids) - evidence.arrived(dict.fromkeys(photo_ids, mine))
    if lacking:
        raise Refused(f"有 {len(lacking)} 张照片没有传完。请再按一次“发出”。", field="photos")
    hashes = db.session.scalars(select(Photo.sha256).where(Photo.id.in_(set(photo_ids)))).all()
    if len(set(hashes)) < len(hashes):
        raise Refused("有两张是同一张照片。请去掉一张，或换一张新拍的。", field="photos")


def _kept(
    paper: Paper,
    receipt: str,
    what: str,
    *,
    hazard: Hazard | None = None,
    round_number: int | None = None,
    request: HazardRequest | None = None,
    until: date | None = None,
) -> PaperAnswer:
    row = PaperAnswer(
        paper_id=paper.id,
        hazard_id=hazard.id if hazard else None,
        what=what,
        receipt=receipt,
        answered_at=clock.now(),
        round_number=round_number,
        request_id=request.id if request else None,
        until=until,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _fresh_receipt() -> str:
    """A receipt that nobody has, short enough to be said on the telephone; a character more where short ones run out."""
    for length in (RECEIPT_LENGTH,) * 4 + (RECEIPT_LENGTH + 2,) * 8:
        drawn = new_code(length)
        if db.session.scalar(select(PaperAnswer.id).where(PaperAnswer.receipt == drawn)) is None:
            return drawn
    raise Refused("现在给不出回执，请过一会儿再发。")
