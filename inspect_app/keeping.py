"""The flask commands that keep what there is: backups, numbers after a restore, photos without a verdict."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from inspect_app.backup.manifest import NoBackup
from inspect_app.casework.papers import KINDS
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.papers.kinds import BESIDE, list_name

photos = AppGroup("photos", help="Photos that the decoder came to no verdict on, or refused.")


@photos.command("list")
def list_photos() -> None:
    """Photos that wait again and again, and those that were refused, each with its id and the reason."""
    from inspect_app.evidence import queries

    for photo in queries.stuck_photos():
        print(f"{photo.id}  试了 {photo.attempts} 次没有结果：{photo.trouble}")
    for photo in queries.refused_photos():
        print(f"{photo.id}  打不开：{photo.refused_reason}{'' if photo.refused_at else '（没有判定的记录）'}")


@photos.command("retry")
@click.argument("photo_ids", nargs=-1, type=click.UUID)
def retry_photos(photo_ids: tuple[UUID, ...]) -> None:
    """Look again at these photos; without any, at all whose refusal was no verdict of a decoder that ended by itself."""
    from inspect_app.evidence import actions

    try:
        with writing():
            for photo_id in photo_ids:
                actions.try_again(photo_id)
            count = len(photo_ids) if photo_ids else actions.retry_unfounded()
    except Refused as refusal:
        print(refusal.message)
        sys.exit(1)
    print(f"{count} 张照片会再试一次，后台几分钟内处理。")


@click.command("backup")
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", type=click.IntRange(0), default=0, help="let go all but the newest so many; 0 keeps all")
def backup(to: Path, keep: int) -> None:
    """Back up everything, while running, into a new folder below TO, and check what was written."""
    from inspect_app.backup import making

    extensions = current_app.extensions
    data_dir = extensions["settings"].data_dir
    try:
        made = making.make(db.engine, data_dir, extensions["storage"], extensions["keys"], to.absolute(), keep=keep)
    except NoBackup as fault:
        print(f"没有备份成：{fault}")
        sys.exit(1)
    for remark in made.remarks:
        print(f"原处就有的问题：{remark}")
    if made.untidy:
        print(made.untidy)
    print(
        f"备份好了，并核对过：{made.folder}，{made.files} 个文件（新抄 {made.new_files} 个），共 {made.bytes / 1e6:.1f} MB。"
    )


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--numbers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="heads/numbers.jsonl of the lost DATA_DIR, if it outlived it: paper numbers go on above it at once",
)
def restore(source: Path, numbers: Path | None) -> None:
    """Put a backup (the newest in FROM, or FROM itself) into an empty DATA_DIR and an empty database, and verify it."""
    from flask_migrate import upgrade

    from inspect_app.backup import restoring

    def migrate(revision: str) -> None:
        db.session.remove()
        upgrade(directory=str(Path(current_app.root_path).parent / "migrations"), revision=revision)

    settings, storage = current_app.extensions["settings"], current_app.extensions["storage"]
    try:
        restoring.restore(db.engine, settings.data_dir, storage, source.absolute(), migrate, numbers=numbers)
    except NoBackup as fault:
        print(f"没有恢复：{fault}")
        sys.exit(1)
    sys.exit(1 if verify_all() else 0)


@click.command("verify-backup")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify_backup(source: Path) -> None:
    """Read every byte of a backup and say what is wrong with it; ends with 1 where it is not whole."""
    from inspect_app.backup import checking

    try:
        folder = checking.newest(source.absolute())
        wrong = checking.faults(folder)
        found = [*wrong, *(f"原处就有的问题：{remark}" for remark in (checking.remarks(folder) if not wrong else ()))]
    except NoBackup as fault:
        wrong = found = [str(fault)]
    for line in found:
        print(line)
    print("备份不完整。" if wrong else f"{folder} 完整。")
    sys.exit(1 if wrong else 0)


def verify_all() -> int:
    """Chains, papers, filed scans and receipts, each printed with what is wrong; returns the number of faults."""
    from inspect_app.hazards import audit as chains
    from inspect_app.intake import audit as receipts
    from inspect_app.papers import audit as papers
    from inspect_app.papers import audit_scans
    from inspect_app.slips import proving as slips

    settings, keys = current_app.extensions["settings"], current_app.extensions["keys"]
    storage = current_app.extensions["storage"]
    total = 0
    for what, (faults, checked) in (
        ("件隐患的记录", chains.verify(settings.data_dir / "heads", keys, storage)),
        ("张文书", papers.verify(storage.get, keys, slips.bearers())),
        ("页收下的扫描件", audit_scans.verify([*audit_scans.of_papers(), *slips.kept_scans()], storage.get)),
        ("份回执", receipts.verify(keys)),
    ):
        for fault in faults:
            print(fault)
        print(f"查了 {checked} {what}，{f'有 {len(faults)} 处不对' if faults else '都完整'}。")
        total += len(faults)
    return total


keys = AppGroup("keys", help="Keys that sign, and that phones encrypt backup files for.")


@keys.command("rotate")
def rotate_keys() -> None:
    """Make new current keys. Old ones stay: what they signed still verifies, files made for them can still be opened."""
    ring = current_app.extensions["keys"]
    print(f"签名的新钥匙 {ring.rotate()}，手机备份文件的新钥匙 {ring.rotate_rescue()[0]}。")
    print("正在运行的服务重启以后才用新钥匙。现在就做一次备份，新钥匙才不会只有一份。")


@click.command("explain")
@click.option(
    "--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="first day on which it was wrong"
)
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="last day")
@click.option("--why", required=True, help="what was wrong with the clock")
def explain_clock(first: datetime, last: datetime, why: str) -> None:
    """Say why the clock was wrong on these days, signed beside the heads; chain verify names it, heads go on."""
    from inspect_app.hazards.explained import explain
    from inspect_app.jobs import clockwatch

    data_dir = current_app.extensions["settings"].data_dir
    try:
        said = explain(
            data_dir / "heads", current_app.extensions["keys"], first=first.date(), last=last.date(), why=why
        )
    except Refused as refusal:
        print(refusal.message)
        sys.exit(1)
    clockwatch.trust(data_dir)
    print(said)


@click.command("series")
def list_series() -> None:
    """Every series of paper numbers: the last one taken, and which wait to be taken up."""
    from inspect_app.papers import numbering
    from inspect_app.papers.models import PaperSeries
    from inspect_app.people.models import Organisation

    rows = db.session.execute(
        select(PaperSeries, Organisation)
        .join(Organisation, Organisation.id == PaperSeries.organisation_id)
        .order_by(PaperSeries.year, Organisation.name, PaperSeries.kind)
    )
    known = current_app.extensions["numbers"].highest()
    for series, office in rows:
        key = numbering.Series(series.organisation_id, series.kind, series.year)
        print(
            f"{office.name} {list_name(series.kind)}（{series.kind}） {series.year}：登记到 {series.last} 号，文号簿到 {known.get(key, 0)} 号"
            + (f"。停着：{why}" if (why := numbering.held_because(series)) else "")
        )


@click.command("resume")
@click.argument("issuer", required=False)
@click.argument("kind", required=False, type=click.Choice([*KINDS, *BESIDE]))
@click.argument("year", required=False, type=int)
@click.argument("highest", required=False, type=click.IntRange(0))
@click.option("--why", default="核对过最后一张印出的文书", help="recorded beside the numbers that are left out")
@click.option(
    "--rest", is_flag=True, help="nothing else was printed: every other series goes on from what is registered"
)
def resume_series(
    issuer: str | None, kind: str | None, year: int | None, highest: int | None, why: str, rest: bool
) -> None:
    """Go on numbering above HIGHEST, the number on the last printed sheet of ISSUER (its name), KIND and YEAR.

    Without arguments: every series that stands below the number journal goes on above it.
    """
    try:
        with writing():
            if issuer is None:
                _resume_known(why)
            elif kind is None or year is None or highest is None:
                raise click.UsageError("ISSUER KIND YEAR HIGHEST belong together")
            else:
                _resume_one(issuer, kind, year, highest, why)
            if rest:
                from inspect_app.papers import numbering

                numbering.release_rest()
                print("其余各类都从登记的文号接着出。")
    except Refused as refusal:
        print(refusal.message)
        sys.exit(1)


def _resume_known(why: str) -> None:
    from inspect_app.papers import numbering

    for series, last in numbering.behind(current_app.extensions["numbers"]).items():
        numbering.resume(series, last, why)
        print(f"{series.year}年{list_name(series.kind)}：从 {last + 1} 号接着出。")


def _resume_one(issuer: str, kind: str, year: int, highest: int, why: str) -> None:
    from inspect_app.papers import numbering
    from inspect_app.people.models import Organisation

    office = db.session.scalar(select(Organisation).where(Organisation.name == issuer))
    if office is None:
        raise Refused(f"没有叫“{issuer}”的单位，名称见 papers series。")
    numbering.resume(numbering.Series(office.id, kind, year), highest, why)
    print(f"{issuer} {year}年{list_name(kind)}：从 {highest + 1} 号接着出。")
