"""What the buttons that record an authority's word do: re-inspection, opinion, determination, listing, watch, transfer."""

from inspect_app.hazards.actions import flagging, settling
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor

from .inputs import Given


def reinspect(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reinspect(
        hazard, actor, authority=given.text("authority"), number=given.text("number"), on=given.day("on", "复查日期"),
        passed=given.yes("passed", "改好了没有"), conclusion=given.text("conclusion"),
    )  # fmt: skip


def opinion(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.record_opinion(
        hazard, actor, authority=given.text("authority"), number=given.text("number"), on=given.day("on", "意见日期"),
        agrees=given.yes("agrees", "是否同意销号"), opinion=given.text("opinion"),
    )  # fmt: skip


def refer(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("authority_id", "认定机关")
    flagging.refer(hazard, actor, authority_id=to, reason=given.text("reason"))


def determine(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.determine(
        hazard, actor, major=given.yes("major", "是否认定为重大"), authority_id=given.ident("authority_id", "认定机关"),
        number=given.text("number"), on=given.day("on", "认定日期"), scans=given.photos(),
    )  # fmt: skip


def put_under_list(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.put_under_list(
        hazard, actor, authority_id=given.ident("authority_id", "挂牌的机关"), number=given.text("number"),
        on=given.day("on", "日期"),
        measures={label: given.text(name) for label, name in flagging.MEASURES.items()},
    )  # fmt: skip


def lift_from_list(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.lift_from_list(
        hazard, actor, authority_id=given.ident("authority_id", "解除的机关"), number=given.text("number"),
        on=given.day("on", "日期"),
    )  # fmt: skip


def watch(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.watch(
        hazard, actor, meeting=given.text("meeting"), on=given.day("on", "会议日期"), leader=given.text("leader"),
        reason=given.text("reason"),
    )  # fmt: skip


def transfer(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.transfer(
        hazard, actor, to=given.text("to"), number=given.text("number"), on=given.day("on", "移送日期")
    )  # fmt: skip


def transfer_result(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.transfer_result(
        hazard, actor, result=given.text("result"), number=given.text("number"), on=given.day("on", "日期")
    )  # fmt: skip
