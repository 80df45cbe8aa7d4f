"""A 整改通知书 with 8 photos: ours beside LibreOffice and Typst on the same words and pictures, and what drawing weighs.

Cold is a new process from nothing to the file; warm is the median of five more. Ours and Typst's Python module stay in one
process when warm; `soffice --convert-to` and the `typst` program are a new process each time, as they are used. Processor
time stands beside the clock, because on a busy machine only it can be compared. What is not installed is skipped with a
line.
"""

import html
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
PHOTOS, HAZARDS, RENDERS, GOAL_MB = 8, 8, 40, 400


def main() -> int:
    print(f"a 整改通知书 of {HAZARDS} lines with {PHOTOS} photos of 900 × 675; seconds")
    ours = _ours()
    _report("ours", ours)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = _content()
        for number in range(PHOTOS):
            (folder / f"{number}.jpg").write_bytes(photo(f"photo/{number:032x}"))
        for label, measure in (("LibreOffice", _libreoffice), ("Typst", _typst)):
            _report(label, measure(folder, content), ours)
    memory = json.loads(_run([sys.executable, "-m", "tests.benchmarks.papers", "memory"]))
    print(
        f"memory after {RENDERS} notices in one process: {memory['rss']} MB resident, {memory['peak']} MB at most"
        f" (goal {GOAL_MB}); after the first {memory['first']} MB"
    )
    return 0 if memory["peak"] <= GOAL_MB else 1


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


def _content() -> dict[str, Any]:
    import inspect_app.casework.papers  # noqa: F401  # registers the kinds
    from inspect_app.papers import samples

    return samples.sample("notice", hazards=HAZARDS, photos=PHOTOS)


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the processor, children included."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Measured:
    cold: Took
    warm: Took
    size: int


def _report(label: str, found: Measured | str, ours: Measured | None = None) -> None:
    if isinstance(found, str):
        print(f"{label:<12}{found}")
        return
    ratio = ""
    if ours is not None:
        cold, warm = found.cold.processor / ours.cold.processor, found.warm.processor / ours.warm.processor
        ratio = f"   takes {cold:.2f} × our processor time cold, {warm:.2f} × warm"
    print(
        f"{label:<12}cold {found.cold.clock:6.2f} ({found.cold.processor:.2f} processor)   "
        f"warm {found.warm.clock:6.3f} ({found.warm.processor:.3f} processor)   {found.size // 1024:>5} KB{ratio}"
    )


def _timed(work: Callable[[], object]) -> Took:
    before, begun = os.times(), time.perf_counter()
    work()
    after = os.times()
    return Took(time.perf_counter() - begun, sum(after[:4]) - sum(before[:4]))


def _median(work: Callable[[], object]) -> Took:
    rounds = [_timed(work) for _ in range(5)]
    return Took(median(one.clock for one in rounds), median(one.processor for one in rounds))


def _run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


def _ours() -> Measured:
    from inspect_app.papers import page

    cold = _timed(lambda: _run([sys.executable, "-m", "tests.benchmarks.papers", "once"]))
    content, pictures = _content(), {f"photo/{n:032x}": photo(f"photo/{n:032x}") for n in range(PHOTOS)}
    size = len(page.render("notice", content, pictures.get))
    return Measured(cold, _median(lambda: page.render("notice", content, pictures.get)), size)


def _libreoffice(folder: Path, content: dict[str, Any]) -> Measured | str:
    program = shutil.which("soffice")
    if program is None:
        return "skipped: soffice is not installed"
    rows = "".join(
        f"<tr><td>{n}</td><td>{e(line['place'])}</td><td>{e(line['title'])}：{e(line['words'])}</td>"
        f"<td>{e('；'.join(line['basis']))}</td><td>{line['due_on']}</td></tr>"
        for n, line in enumerate(content["lines"], start=1)
    )
    pictures = "".join(f'<p><img src="{n}.jpg" width="300"></p>' for n in range(PHOTOS))
    paragraphs = "".join(f"<p>{e(words)}</p>" for words in _words(content))
    source = folder / "notice.html"
    source.write_text(
        f'<meta charset="utf-8"><h1>整改通知书</h1>{paragraphs}<table border="1">{rows}</table>{pictures}', "utf-8"
    )
    command = [
        program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
        "pdf:writer_web_pdf_Export", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    return _processes(command, folder / "notice.pdf")


def _typst(folder: Path, content: dict[str, Any]) -> Measured | str:
    program = shutil.which("typst")
    if program is None and find_spec("typst") is None:
        return "skipped: typst is not installed"
    cells = "".join(
        f"[{n}],[{_t(line['place'])}],[{_t(line['title'])}：{_t(line['words'])}],"
        f"[{_t('；'.join(line['basis']))}],[{line['due_on']}],"
        for n, line in enumerate(content["lines"], start=1)
    )
    pictures = "".join(f'image("{n}.jpg", width: 76mm),' for n in range(PHOTOS))
    paragraphs = "\n\n".join(_t(words) for words in _words(content))
    source = folder / "notice.typ"
    source.write_text(
        '#set page("a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm))\n'
        '#set text(font: ("FandolFang R", "Noto Serif CJK SC"), size: 15.75pt, lang: "zh")\n#set par(justify: true)\n'
        f"= 整改通知书\n{paragraphs}\n\n"
        f"#table(columns: (auto, auto, 1fr, 1fr, auto), table.header[序号][位置][隐患][依据][期限], {cells})\n"
        f"#grid(columns: 2, gutter: 4mm, {pictures})\n",
        "utf-8",
    )
    out = folder / "typst.pdf"
    fonts = str(ROOT / ".fonts")
    if program is not None:
        return _processes([program, "compile", "--font-path", fonts, str(source), str(out)], out)
    code = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]])"
    cold = _timed(lambda: _run([sys.executable, "-c", code, str(source), str(out), fonts]))
    typst: Any = __import__("typst")
    warm = _median(lambda: typst.compile(str(source), output=str(out), font_paths=[fonts]))
    return Measured(cold, warm, out.stat().st_size)


def _processes(command: list[str], out: Path) -> Measured:
    cold = _timed(lambda: _run(command))
    return Measured(cold, _median(lambda: _run(command)), out.stat().st_size)


def _words(content: dict[str, Any]) -> list[str]:
    officers = "、".join(f"{one['name']}（执法证号 {one['card']}）" for one in content["officers"])
    return [
        content["issuer"], content["number"], f"{content['addressee']}：",
        f"经查，你单位（{content['place_name']}，{content['place_address']}）存在下列安全隐患，请按表中的期限整改：",
        f"整改期间的防范措施：{content['interim']}", content["remedies"], f"承办人员：{officers}。", content["issued_on"],
    ]  # fmt: skip


def _t(words: str) -> str:
    """Words as Typst takes them literally."""
    return "".join("\\" + mark if mark in "\\#*_$@<>`~[]=+-/" else mark for mark in words)


def _memory() -> None:
    """Draw RENDERS notices, each with its own number, as a worker does; print what the process weighs."""
    from inspect_app.papers import page

    content, pictures = _content(), {f"photo/{n:032x}": photo(f"photo/{n:032x}") for n in range(PHOTOS)}
    first = 0
    for number in range(RENDERS):
        page.render("notice", content | {"number": f"柳街整〔2026〕{number}号"}, pictures.get)
        first = first or _status("VmRSS")
    print(json.dumps({"first": first, "rss": _status("VmRSS"), "peak": _status("VmHWM")}))


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) // 1024


def _once() -> None:
    from inspect_app.papers import page

    page.render("notice", _content(), photo)


e = html.escape
if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit({"memory": _memory, "once": _once}.get(part, main)())
