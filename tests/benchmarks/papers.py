"""What drawing papers takes: ours beside docxtpl with LibreOffice and beside Typst, two hundred orders, and memory.

Three papers of the same words and pictures (rivals.py says what the others leave out). Cold is a new process from nothing to
the file. Warm goes by turns, so that a busy machine slows all alike: ours and Typst in one process, LibreOffice a new process
each time, as it is used; every round is a paper with another number. Ratios are of the clock where children do the work, of the
processor's time where one process does.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
ROUNDS, RENDERS, MANY = 7, 40, 200
GOAL_MB, GOAL_CLOSURE_MB, GOAL_MANY_S = 400, 4, 40
# Of a kind, hazards, photos: at least so many times LibreOffice's speed, at most so many times Typst's time.
CASES = {"notice": (8, 8, 6.0, 2.0), "closure": (8, 24, None, 4.0)}
Draw = Callable[[str, Mapping[str, Any]], bytes]


def main() -> int:
    cold = min(_timed(lambda: _child("once")).processor for _ in range(2))
    print(f"a 整改通知书 of 8 lines with 8 photos in a new process: {cold:.2f} s of processor")
    for kind, (hazards, photos, faster, slower) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            _compare(kind, _content(kind, hazards, photos), Path(folder), faster, slower)
    memory = json.loads(_child("memory"))
    print(
        f"memory after {RENDERS} notices in one process: {memory['rss']} MB resident, {memory['peak']} MB at most"
        f" (goal {GOAL_MB}); after the first {memory['first']} MB"
    )
    many = json.loads(_child("many"))
    print(
        f"{many['issued']} frozen orders with 8 photos drawn, stored, signed and entered by the worker's own step"
        f" (papers/issuing.py, SQLite): {many['clock']:.1f} s by the clock, {many['processor']:.1f} s of processor"
        f" (goal {GOAL_MANY_S} s on idle cores); {many['peak']} MB at most"
    )
    return 0 if memory["peak"] <= GOAL_MB and many["issued"] == MANY else 1


def photo(name: str) -> bytes:
    """A picture as hard to compress as a real one: coarse noise over a scene, 900 × 675, as print copies are."""
    from PIL import Image

    number = int(name.removeprefix("photo/")[:32], 16)
    noise = Image.effect_noise((225, 169), 60 + number).resize((900, 675), Image.Resampling.BILINEAR)
    scene = Image.linear_gradient("L").resize((900, 675))
    image = Image.merge("RGB", (noise, scene, Image.blend(noise, scene, 0.5)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=78)
    return out.getvalue()


def _content(kind: str, hazards: int, photos: int) -> dict[str, Any]:
    import inspect_app.casework.papers  # noqa: F401  # registers the kinds
    from inspect_app.papers import samples

    return samples.sample(kind, hazards=hazards, photos=photos)


def _pictures(content: Mapping[str, Any]) -> dict[str, bytes]:
    from inspect_app.papers import page

    return {name: photo(name) for name in page.pictures_in(content)}


def _ours(pictures: Mapping[str, bytes]) -> Draw:
    from inspect_app.papers import page

    return lambda kind, content: page.render(kind, content, pictures.get)


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the processor, children included."""

    clock: float
    processor: float


def _timed(work: Callable[[], object]) -> Took:
    before, begun = os.times(), time.perf_counter()
    work()
    after = os.times()
    return Took(time.perf_counter() - begun, sum(after[:4]) - sum(before[:4]))


def _compare(kind: str, content: dict[str, Any], folder: Path, faster: float | None, slower: float) -> None:
    from tests.benchmarks import rivals

    pictures = _pictures(content)
    rivals.lay_pictures(folder, content, pictures)
    wanted: dict[str, Draw | str] = {"ours": _ours(pictures), "Typst": rivals.typst(folder)}
    if faster:
        wanted["LibreOffice"] = rivals.libreoffice(folder)
    drawers = {name: draw for name, draw in wanted.items() if not isinstance(draw, str)}
    sizes = {name: len(draw(kind, content)) for name, draw in drawers.items()}
    rounds: dict[str, list[Took]] = {name: [] for name in drawers}
    for number in range(ROUNDS):
        said = content | {"number": f"柳街整〔2026〕{100 + number}号"}
        for name, draw in drawers.items():
            rounds[name].append(_timed(lambda draw=draw, said=said: draw(kind, said)))
    print(f"{kind} with {len(pictures)} photos, warm, median of {ROUNDS}:")
    for name, found in wanted.items():
        if isinstance(found, str):
            print(f"  {name:<12}{found}")
            continue
        clock, processor = (median(getattr(one, what) for one in rounds[name]) for what in ("clock", "processor"))
        print(f"  {name:<12}{clock:7.3f} s ({processor:.3f} s of processor) {sizes[name] / 1e6:6.2f} MB")
    _ratios(rounds, faster, slower)
    if kind == "closure":
        print(f"  {sizes['ours'] / 1e6:.2f} MB, goal {GOAL_CLOSURE_MB}")


def _ratios(rounds: Mapping[str, list[Took]], faster: float | None, slower: float) -> None:
    ours = rounds["ours"]
    if faster and "LibreOffice" in rounds:
        times = median(other.clock / one.clock for one, other in zip(ours, rounds["LibreOffice"], strict=True))
        print(f"  LibreOffice takes {times:.1f} × our time by the clock (goal at least {faster:.0f})")
    if "Typst" in rounds:
        times = median(one.processor / other.processor for one, other in zip(ours, rounds["Typst"], strict=True))
        print(f"  we take {times:.1f} × Typst's processor time (goal at most {slower:.0f})")


def _child(part: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.papers", part]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=580).stdout


def _memory() -> None:
    """Draw RENDERS notices, each with its own number, as a worker does; print what the process weighs."""
    content = _content("notice", 8, 8)
    draw = _ours(_pictures(content))
    first = 0
    for number in range(RENDERS):
        draw("notice", content | {"number": f"柳街整〔2026〕{number}号"})
        first = first or _status("VmRSS")
    print(json.dumps({"first": first, "rss": _status("VmRSS"), "peak": _status("VmHWM")}))


def _many() -> None:
    """Freeze MANY orders in a database of their own, then time the worker's step until the last is issued."""
    from inspect_app.evidence import actions as evidence
    from inspect_app.papers import issuing
    from tests.benchmarks.orders import frozen

    content = _content("notice", 8, 8)
    draw = _ours(_pictures(content))
    draw("notice", content)
    with tempfile.TemporaryDirectory() as folder, frozen(Path(folder), content, MANY) as app:
        tools, issued = app.extensions, 0

        def work() -> None:
            nonlocal issued
            while more := issuing.draw_waiting(
                lambda kind, said, at: draw(kind, said),
                lambda data, media: evidence.keep(tools["storage"], data, media),
                tools["keys"],
                tools["numbers"],
            ):
                issued += more

        took = _timed(work)
    print(json.dumps(vars(took) | {"issued": issued, "peak": _status("VmHWM")}))


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) // 1024


def _once() -> None:
    content = _content("notice", 8, 8)
    _ours(_pictures(content))("notice", content)


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit({"memory": _memory, "once": _once, "many": _many}.get(part, main)())
