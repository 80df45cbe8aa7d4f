"""Downloads, uploads and what becomes of a draft. Uploading and publishing are the work of two persons."""

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import drafts as writing
from inspect_app.checklists import excel, from_excel, odk, review, xlsform
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.models import UploadOrigin
from inspect_app.checklists.parsed import LIST_CODE, Parsed
from inspect_app.checklists.phrases import FIELDS
from inspect_app.checklists.rules import Checklist, Field
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.sheets.workbook import XLSX
from inspect_app.visits import queries as visits

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted
from ..transaction import now_write, writes_late
from .pages import WORDS, known_bases, pages


@pages.get("/lists/<code>/excel")
@allowed(Permission.LIBRARY_EDIT)
def as_excel(code: str) -> Response:
    """The list in force as a workbook to be edited and uploaded."""
    row = checklists.in_force(code)
    newest = checklists.newest(code)
    based_on = newest.content_hash if newest else row.content_hash
    data = excel.export(checklists.version(row.id), known_bases(), WORDS, based_on)
    return _file(data, f"{row.title}第{row.number}版.xlsx")


@pages.get("/lists/<code>/xlsform")
@allowed(Permission.LIBRARY_EDIT)
def as_xlsform(code: str) -> Response:
    """The list in force as ODK and Kobo read it."""
    row = checklists.in_force(code)
    data = xlsform.export(checklists.version(row.id), WORDS, str(row.number))
    return _file(data, f"{row.title}第{row.number}版 XLSForm.xlsx")


@pages.get("/drafts")
@allowed(Permission.LIBRARY_EDIT)
def drafts() -> ResponseReturnValue:
    """The open drafts, and the form to upload one."""
    return _drafts_page(None)


@pages.post("/drafts")
@allowed(Permission.LIBRARY_EDIT)
@writes_late
def upload() -> ResponseReturnValue:
    """A workbook becomes a draft. It is read before the write lock is taken: others write meanwhile."""
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    try:
        origin = UploadOrigin(posted("origin") or UploadOrigin.EXCEL)
        parsed = _parse(data, origin)
    except ValueError:
        return _drafts_page(Refused("请选是 Excel 还是 XLSForm。", field="origin"))
    except Refused as unread:
        return _drafts_page(unread)
    storage, me, name = current_app.extensions["storage"], scope(), (sent.filename if sent else "") or ""
    now_write()
    row, refusal = attempt(
        lambda: writing.upload(storage, me.person_id, parsed, data=data, file_name=name, origin=origin)
    )
    if row is None:
        return _drafts_page(refusal)
    flash("收到了，读完了。" if not row.problems else f"收到了。有 {len(row.problems)} 处要改，都列在下面。")
    return redirect(url_for("library.draft", draft_id=row.id), 303)


def _parse(data: bytes, origin: UploadOrigin) -> Parsed:
    if origin is UploadOrigin.EXCEL:
        return from_excel.parse(data, known_bases(), WORDS)
    return odk.parse(data, _target(), known_bases(), WORDS)


def _target() -> odk.Target:
    """An XLSForm knows neither field nor places: they are those of the list it becomes, or are chosen."""
    code = posted("list", "code")
    if code:
        known = checklists.version(checklists.in_force(code).id)
        return odk.Target(known.code, known.title, known.field, known.kinds)
    fresh, kinds = (
        posted("new_code", "code"),
        tuple(kind for kind in request.form.getlist("kinds") if kind in WORDS.kinds),
    )
    if not LIST_CODE.fullmatch(fresh):
        raise Refused("请选要成为哪一张检查表，或写一个新代码，用小写字母、数字和横线。", field="new_code")
    if posted("field") not in set(Field) or not kinds:
        raise Refused("新的检查表要选领域和适用的场所。", field="field")
    return odk.Target(fresh, "", Field(posted("field")), kinds)


def _drafts_page(refusal: Refused | None) -> ResponseReturnValue:
    sent = request.files.get("file")
    return page_of(
        "library/drafts.html",
        refusal,
        rows=checklists.drafts(),
        lists=[(row.code, row.title) for row in checklists.current()],
        fields=[(str(field), name) for field, name in FIELDS.items()],
        kinds=WORDS.kinds,
        chosen=request.form.getlist("kinds"),
        file_name=sent.filename if refusal and sent else "",
    )


@pages.get("/drafts/<uuid:draft_id>")
@allowed(Permission.LIBRARY_EDIT)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """A draft beside the version it was made from."""
    return _draft_page(draft_id, None, "")


def _draft_page(draft_id: UUID, refusal: Refused | None, at: str) -> ResponseReturnValue:
    found = checklists.draft(draft_id)
    row = found.draft
    new = Checklist.from_dict(row.content) if row.content else None
    old = checklists.version(row.based_on_id) if row.based_on_id else None
    rows = checklists.versions(row.code) if row.code else []
    return page_of(
        "library/draft.html",
        refusal,
        found=found,
        draft=row,
        checklist=new,
        base=next((one.version for one in rows if one.version.id == row.based_on_id), None),
        made=next((one.version for one in rows if one.version.id == row.version_id), None),
        difference=review.compare(old, new, WORDS) if old and new else None,
        shared=writing.shared_with(new) if new and row.is_open and not row.problems else [],
        watched=_watched(),
        item_changes=lambda one: review.item_changes(one.theirs, one.item, WORDS),
        keep_theirs=visits.open_under([one.version.id for one in rows if one.version.id != row.version_id]),
        mine=row.uploaded_by_person_id == scope().person_id,
        at=at,
    )


def _watched() -> set[str]:
    """The items that a rule of suspicion looks at, by their codes: under another code it no longer sees them."""
    return {code for rule in checklists.rules_on(clock.today()) for code in rule.items}


@pages.get("/drafts/<uuid:draft_id>/file")
@allowed(Permission.LIBRARY_EDIT)
def draft_file(draft_id: UUID) -> Response:
    """The upload, byte for byte as it came."""
    row = checklists.draft(draft_id).draft
    data = current_app.extensions["storage"].get(row.file_sha256)
    if data is None:
        raise NotThere("上传的原件不在了，请告诉管理员。")
    return _file(data, row.file_name)


@pages.get("/drafts/<uuid:draft_id>/excel")
@allowed(Permission.LIBRARY_EDIT)
def draft_as_excel(draft_id: UUID) -> Response:
    """What was read of a draft as a workbook: where an XLSForm is completed."""
    row = checklists.draft(draft_id).draft
    if row.content is None:
        raise NotThere("这份草稿没有读出内容，请改好原件再上传。")
    base = checklists.newest(row.code)
    data = excel.export(Checklist.from_dict(row.content), known_bases(), WORDS, base.content_hash if base else "")
    return _file(data, f"{row.title}草稿.xlsx")


@pages.post("/drafts/<uuid:draft_id>/publish")
@allowed(Permission.LIBRARY_EDIT)
def publish(draft_id: UUID) -> ResponseReturnValue:
    """Publish a draft as the list's next version; by another person than the one who uploaded it."""
    me = scope()

    def done() -> str:
        ways = {name.removeprefix("way-"): way for name, way in request.form.items() if name.startswith("way-")}
        version = writing.publish(draft_id, me.person_id, known_bases(), ways)
        return f"{version.title}第 {version.number} 版发布了。"

    return _ended(draft_id, done, "publish")


@pages.post("/drafts/<uuid:draft_id>/drop")
@allowed(Permission.LIBRARY_EDIT)
def drop(draft_id: UUID) -> ResponseReturnValue:
    """Drop a draft with a reason; its file is kept."""
    me = scope()

    def done() -> str:
        writing.drop(draft_id, me.person_id, posted("reason", "reason"))
        return "这份草稿不要了，原件还留着。"

    return _ended(draft_id, done, "drop")


def _ended(draft_id: UUID, act: Callable[[], str], at: str) -> ResponseReturnValue:
    said, refusal = attempt(act)
    if said is None:
        return _draft_page(draft_id, refusal, at)
    flash(said)
    return redirect(url_for("library.draft", draft_id=draft_id), 303)


@pages.post("/versions/<uuid:version_id>/withdraw")
@allowed(Permission.LIBRARY_EDIT)
def withdraw(version_id: UUID) -> ResponseReturnValue:
    """Withdraw a published version with a reason; what was filled on it stays. 422 where it is refused."""
    row, refusal = attempt(lambda: writing.withdraw(version_id, scope().person_id, posted("reason", "reason")))
    if row is not None:
        flash(f"第 {row.number} 版撤下了，已经填的不受影响。")
        return redirect(url_for("library.versions", code=row.code), 303)
    known = checklists.load_version(version_id)
    page = render_template(
        "library/versions.html",
        code=known.code,
        rows=checklists.versions(known.code),
        older=None,
        newer=known,
        difference=None,
        refusal=refusal,
        at=version_id,
        typed=request.form,
    )
    return page, 422


def _file(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, mimetype=XLSX, headers=headers)
