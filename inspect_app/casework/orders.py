"""What an order is, printed here or registered from elsewhere: its usual title, its remedies, the one it replaces."""

from inspect_app.hazards.actions import ordering
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel.errors import Refused
from inspect_app.papers import queries
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation

TITLE = "整改通知书"
_REVIEW_DAYS, _COURT_MONTHS = "六十日", "六个月"


def remedies(issuer: Organisation, title: str) -> str:
    """Where the addressee may turn, and until when; empty while the organisation has not set both."""
    if not (issuer.review_body and issuer.court):
        return ""
    return (
        f"如不服本{title}，可以自收到之日起{_REVIEW_DAYS}内向{issuer.review_body}申请行政复议，"
        f"也可以自收到之日起{_COURT_MONTHS}内向{issuer.court}提起行政诉讼。"
    )


def register(hazard: Hazard, actor: Actor, made: ordering.Order) -> None:
    """Take the step of an order made elsewhere. One that was printed here is given up first: no sheet says that it is replaced."""
    if made.replaces and queries.order_of(made.replaces) is not None:
        raise Refused(f"{made.replaces}是在这里出的。换成别处出的，请先作废它。", field="replaces")
    ordering.order(hazard, actor, made)


def own_order(number: str, actor: Actor) -> Paper | None:
    """The paper an order would replace; one made elsewhere has none here. Another office's is not ours to replace."""
    paper = queries.order_of(number) if number else None
    if paper is not None and paper.issuer_id != actor.organisation_id:
        raise Refused(f"{number}是别的单位出的，请它先作废，再另出一份。", field="replaces")
    return paper
