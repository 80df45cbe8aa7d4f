"""From a list to a table that is taken along: first what would go out, then the file itself, sent while it is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.exports import actions
from inspect_app.exports.actions import WantedExport
from inspect_app.exports.files import ENDINGS, FILES
from inspect_app.exports.models import Export
from inspect_app.exports.rules import FORM_NAMES, MOST_ROWS, ExportColumn, ExportForm, ExportKind, seconds_for
from inspect_app.exports.running import Rows, Sending
from inspect_app.hazards.register import MOST_COUNTED, counted
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.printing.rules import job_file_name

from .access import scope
from .fields import attempt, page_of, posted


@dataclass(frozen=True)
class ToExport:
    """What somebody may take along of a list. `words` say what with its filters, `ordered` in which order; `total` may be one more
    than can be counted.

    `action` is the address of the page with its filters, `back` the list it comes from; `address` leads to the same rows again,
    empty where they were ticked. `picked` are the ticked ones as their checkboxes send them, for the form to send them on.
    """

    kind: ExportKind
    words: str
    total: int
    ordered: str
    action: str
    back: tuple[str, str]
    address: str
    picked: Sequence[str] = ()

    @property
    def number(self) -> str:
        """How many rows, as a list says it."""
        return counted(self.total)

    @property
    def seconds(self) -> int:
        """About how long it takes; 0 where nobody knows how many there are."""
        return seconds_for(self.total) if self.total <= MOST_COUNTED else 0

    @property
    def columns(self) -> tuple[ExportColumn, ...]:
        """What goes out in any case."""
        return self.kind.going_out(scope().role, persons=False)

    @property
    def of_persons(self) -> tuple[ExportColumn, ...]:
        """What goes out beside it for a reason, to whoever sees it anyway."""
        return self.kind.of_persons(scope().role)


def offer(what: ToExport, rows: Callable[[], Rows]) -> ResponseReturnValue:
    """The page that says what would go out; pressed, the file."""
    refusal = None
    if request.method == "POST" and "form" in request.form:
        g.again_at = url_for("exports.mine")  # a second press finds there how far the first is
        sent, refusal = attempt(lambda: _begun(what, rows))
        if sent is not None:
            return _answer(*sent)
    return page_of(
        "exports/to_export.html", refusal, what=what, forms=FORM_NAMES, most=MOST_ROWS, mine=url_for("exports.mine")
    )


def _begun(what: ToExport, rows: Callable[[], Rows]) -> tuple[Export, WantedExport, Sending]:
    form = posted("form")
    if form not in set(ExportForm):
        raise Refused("请选一种格式。", field="form")
    if not what.total:
        raise Refused("没有可以导出的。换个条件再试试。")
    wanted = WantedExport(
        kind=what.kind,
        words=what.words,
        address=what.address,
        ordered=what.ordered,
        form=ExportForm(form),
        persons=posted("persons") == "yes",
        reason=posted("reason", "reason"),
    )
    source = rows()
    row = actions.begin(scope(), wanted)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return row, wanted, Sending(row, wanted, scope(), source, app.app_context)


def _answer(row: Export, wanted: WantedExport, sending: Sending) -> Response:
    """The file, piece by piece: nothing of it is read before this request's transaction, with the line of the log in it, is over."""
    name = quote(job_file_name(wanted.words, clock.local_date(row.began_at), ENDINGS[wanted.form]))
    return Response(
        sending,
        mimetype=FILES[wanted.form].media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Accel-Buffering": "no"},
        direct_passthrough=True,
    )
