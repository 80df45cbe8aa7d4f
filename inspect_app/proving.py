"""The flask commands that prove: nothing was lost, every chain and receipt is whole, what stood before today's rules."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from inspect_app.kernel.database import writing


@click.command("reconcile")
@click.option("--older", is_flag=True, help="also mend what has been missing for more than two months")
def reconcile(older: bool) -> None:
    """Prove that every answer that fails of every visit handed in has its hazard, photos, paper line and events; mends what
    it may and ends with 1 while something is left."""
    from inspect_app.casework import reconcile as proof

    report, after = proof.Report(), None
    while True:
        after = proof.prove(report, after, older=older)
        if after is None:
            break
    for words in report.mended:
        print(f"补上了：{words}")
    for words in report.left:
        print(f"还差：{words}")
    print(
        f"对了 {report.visits} 次走访，{report.failing} 项不合格；补上 {len(report.mended)} 处，"
        f"{f'还差 {len(report.left)} 处' if report.left else '都有着落'}。"
    )
    sys.exit(1 if report.left else 0)


figures = AppGroup("figures", help="Numbers that are kept, held against what there is.")


@figures.command("check")
def check_figures() -> None:
    """Count all hazards anew by area, state and grade and hold that against what lists and 今日 say; ends with 1 where one
    number differs."""
    from inspect_app.hazards import searching, tally
    from inspect_app.people import areas

    wrong, names = tally.differences(), {area.id: area.name for area in areas.all_areas()}
    for one in wrong:
        where = names.get(one.sort.area_id, one.sort.area_id)
        print(f"{where}，{one.sort.state}，{one.sort.grade}：记着 {one.kept} 件，数出来 {one.there} 件。")
    missing = searching.missing()
    if missing:
        print(f"{missing} 件隐患还搜不到，后台会补上。")
    print("数字都对得上。" if not wrong else f"{len(wrong)} 处对不上。")
    sys.exit(1 if wrong else 0)


chain = AppGroup("chain", help="The log of every hazard.")


@chain.command("verify")
def verify_chain() -> None:
    """Check every chain, the signed daily heads and the evidence files; names the first wrong event of each hazard.

    With READ_ONLY=1 on a copy of DATA_DIR: nothing is written there, nothing migrated.
    """
    from inspect_app.casework.file_names import name_of
    from inspect_app.hazards import audit, explained

    settings = current_app.extensions["settings"]
    faults, checked = audit.verify(
        settings.data_dir / "heads", current_app.extensions["keys"], current_app.extensions["storage"], name_of
    )
    for said in explained.explanations(settings.data_dir / "heads", current_app.extensions["keys"])[0]:
        print(said)
    for fault in faults:
        print(fault)
    print(f"查了 {checked} 件隐患的记录，{'有 ' + str(len(faults)) + ' 处不对' if faults else '都完整'}。")
    sys.exit(1 if faults else 0)


@chain.command("head")
def write_head() -> None:
    """Write today's signed head now."""
    from inspect_app.hazards import heads

    settings = current_app.extensions["settings"]
    print("written" if heads.write(settings.data_dir / "heads", current_app.extensions["keys"]) else "already there")


review = AppGroup("review", help="What stands and no longer holds.")


@review.command("past")
def review_past() -> None:
    """What was recorded before today's rules and no longer holds, with what the desk may do; the desks are told once."""
    from inspect_app.casework.review import past, tell_desks

    with writing():
        found = past()
        desks = tell_desks(found)
    for one in found:
        print(f"{one.number}：{one.what}。{one.remedy}")
    print(f"{len(found)} 处不再成立，原来的记录没有改动{f'；告诉了 {desks} 个督办单位' if desks else ''}。")


receipts = AppGroup("receipts", help="Receipts given to phones.")


@receipts.command("verify")
def verify_receipts() -> None:
    """Check every stored receipt, those for photos too; names what is wrong, the oldest first."""
    from inspect_app.intake import audit

    faults, checked = audit.verify(current_app.extensions["keys"])
    for fault in faults:
        print(fault)
    print(
        f"查了 {checked} 份回执，{'有 ' + str(len(faults)) + ' 份不对，第一份在上面第一行' if faults else '都完整'}。"
    )
    sys.exit(1 if faults else 0)


@receipts.command("new-epoch")
def new_epoch() -> None:
    """After a restore: begin a new epoch, so that phones offer their last 30 days again."""
    from inspect_app.intake.epochs import begin_epoch

    with writing():
        print(begin_epoch())
