"""Who has typed the code of a paper: a signed cookie that this one paper's address alone is sent, and the token of its forms.

It names the paper and the code it was typed under; a code given anew lets out whoever is in. See docs/decisions/0034.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotAllowed
from inspect_app.papers import codes, queries
from inspect_app.papers.models import Paper
from inspect_app.slips import queries as slips
from inspect_app.slips.models import BlankSlip

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

LASTS = timedelta(hours=2)  # after the last page
AT_MOST = timedelta(hours=12)  # after the code: a working day
RENEWED_AFTER = timedelta(minutes=5)
DATA = "holder_photos"  # what the script of the page asks, answered in data
_SLIP = "slip-"  # before the id of the slip whose code it was
_PROBE = "?"  # what the page with the code leaves, to learn whether this browser keeps cookies


@dataclass(frozen=True)
class Holder:
    """Somebody who has typed the code of a paper. Times are seconds since 1970; `nonce` is what their forms are bound to."""

    paper: Paper
    code: str
    since: int
    seen: int
    nonce: str

    @property
    def token(self) -> str:
        """What every form of theirs carries: of no use for another paper, or to somebody else."""
        return str(_signed("holder-form").dumps([self.paper.id.hex, self.nonce]))


def let_in(paper: Paper, slip: BlankSlip | None = None) -> Holder:
    """Somebody who has just typed the right code, or that of a slip that was filled in by hand on the same visit; the answer of
    this request tells the browser."""
    now = int(clock.now().timestamp())
    code = f"{_SLIP}{slip.id.hex}" if slip else codes.current(paper, codes.of(paper))[1]
    holder = Holder(paper, code, now, now, secrets.token_urlsafe(9))
    g.lets_in = holder
    return holder


def of(paper: Paper) -> Holder | None:
    """Who holds the paper in this browser; None where nobody does, not any more, or under a code that was replaced.
    `g.replaced` then says the last."""
    found = _read(paper)
    if found is None:
        return None
    now = int(clock.now().timestamp())
    if not (
        found.seen - 60 <= now <= found.seen + LASTS.total_seconds() and now <= found.since + AT_MOST.total_seconds()
    ):
        return None
    if not _counts(found.code, paper):
        g.replaced = True
        return None
    if now - found.seen > RENEWED_AFTER.total_seconds():
        g.lets_in = replace(found, seen=now)
    return found


def _counts(code: str, paper: Paper) -> bool:
    """Whether the code that somebody was let in by still opens the paper: its own, or that of a slip that still stands."""
    if code.startswith(_SLIP):
        return slips.opens(UUID(code.removeprefix(_SLIP)), paper.visit_id)
    return code == codes.current(paper, codes.of(paper))[1]


def keeps_cookies() -> bool:
    """Whether the browser has sent back what the page with the code left."""
    return cookie_name() in request.cookies


def cookie_name() -> str:
    """The name says over https that no plain page has set it. `__Host-` it cannot be: that wants the path of the whole site."""
    return "__Secure-holder" if current_app.extensions["settings"].production else "holder"


def tell_browser(answer: Response, paper: Paper | BlankSlip) -> Response:
    """Have the browser remember who was let in, or, on the page with the code, whether it remembers at all."""
    holder = g.get("lets_in")
    value = (
        _PROBE
        if holder is None
        else str(
            _signed("paper-holder").dumps([holder.paper.id.hex, holder.code, holder.since, holder.seen, holder.nonce])
        )
    )
    answer.set_cookie(
        cookie_name(),
        value,
        max_age=int(LASTS.total_seconds()),
        path=f"/z/{paper.mark}",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return answer


def for_holder(view: View) -> View:
    """Mark a view as open to whoever has typed the code of the paper in its address; it is handed the holder. Anybody else is
    led to where the code is typed; a form must carry the holder's token."""

    @wraps(view)
    def checked(mark: str, **rest: Any) -> ResponseReturnValue:
        paper = queries.by_mark(mark)
        holder = of(paper)
        if holder is None:
            return locked_out(paper)
        g.holder = paper.id
        if request.method == "POST" and request.blueprint != DATA:  # those speak tus, which another site cannot
            _check_token(holder)
        answer = make_response(view(holder, **rest))
        return tell_browser(answer, paper) if "lets_in" in g else answer

    return cast(View, checked)


def locked_out(paper: Paper) -> ResponseReturnValue:
    """Back to where the code is typed; a script is told so."""
    if wants_data():
        return {"error": "请再输一次单子上的验证码。照片和您写的都存在这部手机里，没有丢。", "code": True}, 401
    return redirect(url_for("portal.paper", mark=paper.mark, again=1), 303)


def wants_data() -> bool:
    """Whether the script of the page asks, and not a person's browser."""
    return request.blueprint == DATA or request.accept_mimetypes.best == "application/json"


def _check_token(holder: Holder) -> None:
    try:
        said = _signed("holder-form").loads(request.form.get("token", ""))
    except BadData:
        said = None
    if said != [holder.paper.id.hex, holder.nonce]:
        raise NotAllowed("这一页开得太久了，没有写进去。请返回上一页，刷新后再发。")


def _read(paper: Paper) -> Holder | None:
    try:
        said = _signed("paper-holder").loads(request.cookies.get(cookie_name(), ""))
    except BadData:
        return None
    named, code, since, seen, nonce = said
    return Holder(paper, code, since, seen, nonce) if named == paper.id.hex else None


def _signed(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=what)
