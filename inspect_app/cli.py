"""The flask commands: serve, worker, accounts, checklists, demo, papers. Others: keeping.py, proving.py."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from inspect_app import keeping, proving
from inspect_app.casework.papers import KINDS
from inspect_app.kernel.errors import Refused
from inspect_app.papers.kinds import BESIDE
from inspect_app.settings import SettingsError


def register_commands(app: Flask) -> None:
    """Give the application its commands, those of keeping.py and proving.py among them."""
    for group in (
        accounts,
        checklists,
        demo,
        papers,
        keeping.keys,
        keeping.photos,
        proving.chain,
        proving.figures,
        proving.receipts,
        proving.review,
    ):
        app.cli.add_command(group)
    for command in (keeping.backup, keeping.restore, keeping.verify_backup):
        app.cli.add_command(command)
    proving.chain.add_command(keeping.explain_clock)
    for command in (keeping.list_series, keeping.resume_series):
        papers.add_command(command)
    app.cli.add_command(proving.reconcile)
    app.cli.add_command(serve)
    app.cli.add_command(worker)


@click.command("serve")
def serve() -> None:
    """Migrate, load the demo into an empty database, then run web and worker."""
    from inspect_app import serving

    sys.exit(serving.serve(current_app._get_current_object()))  # type: ignore[attr-defined]


@click.command("worker")
def worker() -> None:
    """Run only the worker; one per DATA_DIR."""
    from inspect_app.jobs.queue import run_worker
    from inspect_app.kernel.processes import LockHeld

    try:
        run_worker(current_app._get_current_object())  # type: ignore[attr-defined]
    except LockHeld as other:
        sys.exit(f"cannot start: DATA_DIR already has a worker, process {other.pid}")
    except SettingsError as reason:
        sys.exit(f"cannot start: {reason}")


accounts = AppGroup("accounts", help="What people sign in with.")


@accounts.command("colliding")
def list_colliding() -> None:
    """Logins and mobile numbers that nobody could tell apart, made before there was one form; changes nothing, ends with 1
    while there are any."""
    from inspect_app.people import directory

    found = directory.colliding()
    for group in found:
        print(
            "；".join(f"{name}：账号 {account.login}，手机号 {account.mobile or '没有登记'}" for account, name in group)
        )
    print(f"{len(found)} 组分不清，各自照原样还能登录，请管理员更正。" if found else "没有分不清的账号。")
    sys.exit(1 if found else 0)


checklists = AppGroup("checklists", help="The checklist library.")


@checklists.command("lint")
def lint_checklists() -> None:
    """Counts per list and mark, and every fault of the library; ends with 1 where there are errors."""
    from inspect_app.checklists import library
    from inspect_app.checklists.lint import errors, lint_library
    from inspect_app.checklists.lint_beside import lint_aliases
    from inspect_app.kernel import clock

    lists = list(library.load().values())
    for line in library.table(lists):
        print(line)
    faults = lint_library(lists, library.items(), library.suspicion_rules(), on=clock.today())
    faults += lint_aliases(lists, library.items(), library.aliases())
    for fault in faults:
        print(f"{fault.severity}: {fault}")
    wrong = len(errors(faults))
    print(
        f"{len(library.items())} 项，{len(library.bases())} 条依据，{len(library.suspicion_rules())} 条疑似重大的规则；"
        f"错误 {wrong} 处，提醒 {len(faults) - wrong} 处。"
    )
    sys.exit(1 if wrong else 0)


@checklists.command("replay")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="only visits from this day on")
def replay_checklists(since: datetime | None) -> None:
    """The rules of suspicion of today over old visits: what they would say otherwise. Rewrites nothing."""
    from inspect_app.casework.replay import replay

    report = replay(since.date() if since else None)
    for one in report.differences:
        print(
            f"{one.day} {one.premises_name}：{'现在会提请，当时没有' if one.now else '当时提请了，现在不会'}，{one.title}（{one.rule}）"
        )
        for words in one.because:
            print(f"  {words}")
        if one.hazards:
            print(f"  隐患 {'、'.join(one.hazards)}")
    print(f"看了 {report.visits} 次走访，{len(report.differences)} 处不同。什么都没有改。")


demo = AppGroup("demo", help="The demo district.")


@demo.command("load")
def load_demo() -> None:
    """Load the demo into an empty database: the whole district, or with DEMO=street one street."""
    from inspect_app.demo import load

    load(current_app._get_current_object(), say=print)  # type: ignore[attr-defined]


@demo.command("grow")
@click.option("--hazards", type=click.IntRange(0, 5_000_000), required=True, help="how many hazards more, about")
@click.option("--places", type=click.IntRange(200, 1_000_000), required=True, help="how many places more")
@click.option("--open-share", type=click.FloatRange(0, 1), default=0.12, help="which share of the hazards is open")
@click.option("--seed", type=int, default=1, help="the same choices for the same seed")
def grow_demo(hazards: int, places: int, open_share: float, seed: int) -> None:
    """Add places and hazards with their whole history to a database that holds the demo, in bulk."""
    from inspect_app.demo.growing import growth

    wanted = growth.Growth(hazards, places, open_share, seed)
    growth.grow(current_app._get_current_object(), wanted, say=print)  # type: ignore[attr-defined]


@demo.command("accounts")
def demo_accounts() -> None:
    """JSON list of demo accounts: role, login, password; two of each role."""
    from inspect_app.demo import people

    print(json.dumps(people.accounts(), ensure_ascii=False, indent=2))


papers = AppGroup("papers", help="Papers.")


@papers.command("kinds")
def list_kinds() -> None:
    """The kinds of papers, one a line: code, title, side, geometry."""
    for kind in KINDS.values():
        print(f"{kind.code}\t{kind.title}\t{kind.side}\t{kind.geometry}")


@papers.command("sample")
@click.argument("kind", type=click.Choice([*KINDS, *BESIDE]))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--text", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="body text instead of the sample's"
)
@click.option("--hazards", type=click.IntRange(1, 200), help="how many hazards stand on it")
@click.option("--photos", type=click.IntRange(0, 200), help="how many photos it shows")
@click.option(
    "--case", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="YAML of fields written otherwise"
)
def sample(kind: str, out: Path, text: Path | None, hazards: int | None, photos: int | None, case: Path | None) -> None:
    """Render the real paper of a kind with sample content: so many hazards and photos, a given body text, other fields. Of the
    slip that is filled in by hand (blank) there is one sample, as nothing else is printed on it."""
    from inspect_app.papers import faces, page, samples

    body = samples.text_of(text.read_bytes()) if text else None
    fonts = current_app.extensions["settings"].font_dir
    try:
        if kind in BESIDE:
            _write_blank(out, fonts)
            return
        written = samples.case_of(case.read_bytes()) if case else {}
        content = samples.sample_of(kind, written, body, hazards=hazards, photos=photos)
        out.write_bytes(page.render(kind, content, samples.picture, fonts))
    except Refused as refusal:
        sys.exit(refusal.message)
    except OSError as fault:
        sys.exit(f"写不了 {out}：{fault.strerror}")
    for lack in faces.missing(fonts):
        print(f"font not found, replaced: {lack}", file=sys.stderr)


def _write_blank(out: Path, fonts: Path | None) -> None:
    """The empty slip of an invented office, as a print job draws it."""
    from inspect_app.papers.sketch import office_name
    from inspect_app.people.models import Organisation
    from inspect_app.printing.drawing import draw
    from inspect_app.printing.kinds import slip
    from inspect_app.slips.models import BlankSlip

    name, short = office_name("congress")
    issuer = Organisation(name=name, phone="025-55550120")
    address = "https://example.invalid/z/7K3MPQ2XBD"
    row = BlankSlip(number=f"{short}空白单 2026-0037", address=address, code="H4TK9R")
    out.write_bytes(draw(slip.sheet(row, issuer), fonts))


@papers.command("verify")
def verify_papers() -> None:
    """Check every paper: content, stored file, signature, its filed scans, and that no number is missing."""
    from inspect_app.papers import audit, audit_scans
    from inspect_app.slips import proving as slips

    beside, stored = slips.bearers(), current_app.extensions["storage"].get
    faults, checked = audit.verify(stored, current_app.extensions["keys"], beside)
    wrong, pages = audit_scans.verify([*audit_scans.of_papers(), *slips.kept_scans()], stored)
    faults += wrong
    faults += audit.against_journal(current_app.extensions["numbers"], beside)
    for note in audit.explained():
        print(note)
    for fault in faults:
        print(fault)
    print(
        f"查了 {checked} 张文书、{pages} 页收下的扫描件，{'有 ' + str(len(faults)) + ' 处不对' if faults else '都完整'}。"
    )
    sys.exit(1 if faults else 0)
