"""What the buttons that record an authority's word do beside their action: who is told, what is put together."""

from inspect_app.hazards.actions import flagging
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor

from .inputs import TypedInputs


def refer(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Refer a suspected major hazard to the authority."""
    to = given.ident("authority_id", "认定机关")
    flagging.refer(hazard, actor, authority_id=to, reason=given.text("reason"))


def put_under_list(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Put a major hazard on the list of the government (挂牌督办)."""
    flagging.put_under_list(
        hazard,
        actor,
        authority_id=given.ident("authority_id", "挂牌的机关"),
        number=given.text("number"),
        on=given.day("on", "日期"),
        measures={label: given.text(name) for label, name in flagging.MEASURES.items()},
    )
