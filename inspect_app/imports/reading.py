"""A workbook becomes rows that wait to be checked. What cannot be read is kept with its cell; nothing is passed over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel.database import db, put, writing
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spelling import folded
from inspect_app.sheets import workbook
from inspect_app.sheets.workbook import Problem, Sheet

from .entry import ImportKind
from .kinds.registry import KINDS
from .models import ImportJob, ImportRow
from .rules import HEADING_WITHIN, MOST_ROWS, TOLD, ImportState, SheetHeading, read_heading

CHUNK = 500  # rows in one transaction
_CELL = re.compile(r"([A-Z]+)(\d+)$")
_ROW = re.compile(r"(\d+)(?::\d+)?$")


def read_rows(job_id: UUID, kind_code: str, data: bytes) -> None:
    """Put the rows of a workbook beside its import, some at a time; those that a killed worker has put there stay. Raises
    Refused in words for a file that is no such sheet."""
    kind = KINDS[kind_code]
    sheet = _sheet_of(kind, data)
    heading = read_heading(sheet.rows, kind.columns)
    told = _told_by_row(sheet, heading)
    rows = list(_rows(sheet, heading, told))
    if not rows:
        raise Refused("表头下面是空的，一行也没有。请填好再上传。", field="file")
    if len(rows) > MOST_ROWS:
        raise Refused(_TOO_MANY, field="file")
    done = db.session.scalar(select(func.max(ImportRow.number)).where(ImportRow.job_id == job_id)) or 0
    db.session.rollback()
    waiting = [row for row in rows if row["number"] > done]
    for at in range(0, len(waiting), CHUNK):
        with writing():
            if not _still_wanted(job_id):
                return
            put(ImportRow, [{**_BLANK, "job_id": job_id, **row} for row in waiting[at : at + CHUNK]])
    with writing():
        job = db.session.get_one(ImportJob, job_id, with_for_update=True)
        if job.state == ImportState.READING:
            job.columns, job.total, job.checked = dict(heading.columns), len(rows), 0
            job.notes = _notes(sheet)
            job.state, job.attempts = ImportState.CHECKING, 0


_TOO_MANY = f"一次最多导入 {MOST_ROWS:,} 行，这份表格超过了。请拆成几份，一份一份导入。"
_BLANK: Mapping[str, Any] = {
    "verdict": "", "faults": [], "said": {}, "key": "", "match_id": None, "stood": "", "changes": [], "doubles": [],
    "choice": "", "chosen_id": None,
}  # fmt: skip


def _still_wanted(job_id: UUID) -> bool:
    state = select(ImportJob.state).where(ImportJob.id == job_id).with_for_update()
    return db.session.scalar(state) == ImportState.READING


def _sheet_of(kind: ImportKind, data: bytes) -> Sheet:
    """The sheet that is named after the register, else the first that has anything in it."""
    sheets = workbook.read(data, most_rows=MOST_ROWS + HEADING_WITHIN)
    named = next((sheet for name, sheet in sheets.items() if folded(name) == folded(kind.register)), None)
    sheet = named or next((sheet for sheet in sheets.values() if sheet.rows or sheet.problems), None)
    if sheet is None:
        raise Refused("这份表格是空的。请下载模板，把内容填进去再上传。", field="file")
    far = [problem for problem in sheet.problems if "太远" in problem.text]
    if far:
        raise Refused(f"{far[0].where.partition('!')[2]} {far[0].text}。一次最多导入 {MOST_ROWS:,} 行。", field="file")
    return sheet


def _told_by_row(sheet: Sheet, heading: SheetHeading) -> dict[int, list[list[str]]]:
    """Cells that could not be read, by their rows. What cannot be read in or above the heading refuses the whole sheet."""
    names = {at: name for name, at in heading.columns.items()}
    told: dict[int, list[list[str]]] = {}
    for problem in sheet.problems:
        where = problem.where.partition("!")[2]
        cell, row = _CELL.search(where), _ROW.search(where)
        number = int(cell.group(2)) if cell else int(row.group(1)) if row else 0
        if number <= heading.row:
            raise Refused(f"{where}：{problem.text}，再上传。", field="file")
        column = names.get(_number(cell.group(1)), "") if cell and ":" not in where else ""
        words = problem.text if column else f"{where}：{problem.text}"
        told.setdefault(number, []).append([column, words + "。"])
    return told


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _rows(sheet: Sheet, heading: SheetHeading, told: Mapping[int, list[list[str]]]) -> Iterator[dict[str, Any]]:
    """The rows below the heading that say anything. What stands beside the columns is named, as nothing would become of it."""
    known = set(heading.columns.values())
    for number in sorted({*sheet.rows, *told}):
        if number <= heading.row:
            continue
        line = sheet.rows.get(number, {})
        cells = {name: line[at] for name, at in heading.columns.items() if at in line and name != TOLD}
        beside = [at for at in line if at not in known]
        faults = list(told.get(number, []))
        if beside:
            faults.append(["", f"{sheet.at(number, beside[0]).partition('!')[2]} 上面没有列名，不知道写的是什么。"])
        if cells or faults:
            yield {"number": number, "cells": cells, "told": faults}


def _notes(sheet: Sheet) -> list[str]:
    """What was read as it shows, in a few words: of a thousand formulas the first is named."""
    return [*_first("公式", [note for note in sheet.notes if "公式" in note.text]), *(
        note.text + "。" for note in sheet.notes if "公式" not in note.text
    )]  # fmt: skip


def _first(what: str, notes: Sequence[Problem]) -> list[str]:
    if not notes:
        return []
    at = notes[0].where.partition("!")[2]
    return [f"有 {len(notes)} 格是{what}（第一处在 {at}），读的是它们现在显示的值。"]
