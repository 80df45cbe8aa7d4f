"""What owners of the whole demo have answered to the papers left with them, and a print job somebody has begun."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from uuid import UUID

from sqlalchemy import select

from inspect_app.casework.answering import receiving
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.shapes import SaidOfPhoto
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.papers import listing
from inspect_app.papers.models import Paper, PaperLine
from inspect_app.premises.models import Premises
from inspect_app.printing import actions as printing
from inspect_app.printing.kinds import paper as printed

from . import pictures
from .history import World

Answer = Callable[[World, Paper], receiving.Mended | receiving.Later | receiving.Wrong]
_ANSWERED = 8  # papers


def answer(world: World) -> int:
    """Owners answer the newest papers on which something is open, each in another way; returns how many have."""
    said: Iterator[Answer] = cycle((_mended, _later, _wrong))
    done = 0
    for paper_id, position in list(_open_lines()):
        if done == _ANSWERED:
            break
        say = next(said)
        try:
            with writing():
                paper = db.session.get_one(Paper, paper_id)
                receiving.answer_line(paper, position, say(world, paper))
                done += 1
        except Refused:  # the rules do not let this one be said of it as it stands
            continue
    return done


def begin_printing(world: World) -> None:
    """The desk prints its newest papers; the worker makes the job once they are drawn."""
    scope = world.scope("du1")
    with writing():
        rows = listing.all_of(scope, listing.PaperFilters(since=clock.today() - timedelta(days=20)), 30)
        if rows:
            printing.ask(scope, printed.ENTRY.code, f"近二十天的文书，{len(rows)} 份", printed.parts(rows))


def _open_lines() -> Iterator[tuple[UUID, int]]:
    """One open line of each paper that a deputy left, the newest paper first."""
    rows = db.session.execute(
        select(Paper.id, PaperLine.position)
        .join(PaperLine, PaperLine.paper_id == Paper.id)
        .join(Hazard, Hazard.id == PaperLine.hazard_id)
        .where(Paper.kind == "tip", Hazard.state.in_((State.FOUND, State.RECTIFYING)))
        .order_by(Paper.frozen_at.desc(), PaperLine.position)
    )
    seen = set()
    for paper_id, position in rows:
        if paper_id not in seen:
            seen.add(paper_id)
            yield paper_id, position


def _mended(world: World, paper: Paper) -> receiving.Mended:
    place = db.session.get_one(Premises, paper.premises_id)
    shot = evidence.receive_photo(
        world.storage,
        pictures.picture("stove", wrong=False, variant=paper.serial, room=paper.serial),
        photo_id=new_id(),
        paper_id=paper.id,
        said=SaidOfPhoto(captured_at=clock.now().isoformat(), source="camera"),
        lines=[place.name, place.address],
    )
    return receiving.Mended((shot.id,), "已经改好了，请来看。")


def _later(world: World, paper: Paper) -> receiving.Later:
    return receiving.Later(clock.today() + timedelta(days=12), "师傅说材料要等几天。", "这几天先不用这一处。")


def _wrong(world: World, paper: Paper) -> receiving.Wrong:
    return receiving.Wrong("这个位置是隔壁店的，不是我们家。")
