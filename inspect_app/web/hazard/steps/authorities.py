"""What the buttons that record an authority's word do beside their action: who is told, what is put together."""

from inspect_app.hazards.actions import flagging
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor

from .inputs import Given
from .offices import tell_office


def refer(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("authority_id", "认定机关")
    flagging.refer(hazard, actor, authority_id=to, reason=given.text("reason"))
    tell_office(to, hazard, "提请认定", given.text("reason"))


def put_under_list(hazard: Hazard, actor: Actor, given: Given) -> None:
    names = {"duty": "责任", "measures": "措施", "money": "资金", "time": "时限", "plan": "预案"}
    flagging.put_under_list(
        hazard, actor, authority_id=given.ident("authority_id", "挂牌的机关"), number=given.text("number"),
        on=given.day("on", "日期"),
        measures={label: given.text(name) for name, label in names.items()},
    )  # fmt: skip
