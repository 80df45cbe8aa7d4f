"""负责人来话: what the party says that no other step is for; whoever has the hazard, or the desk, is told of it."""

from datetime import date

from inspect_app.kernel import clock
from inspect_app.kernel.deadlines import check_deadline

from ..case import require_words
from ..models import Hazard
from ..rules import Actor, Step
from .steps import take


def wants_later(hazard: Hazard, actor: Actor, *, until: date, reason: str, interim: str) -> None:
    """The party would like to mend by a later day while nobody has set one; what is set then is the desk's to say."""
    check_deadline(until, "新的日期", "until", today=clock.today())
    words = {
        "reason": require_words(reason, "晚几天的原因", "reason"),
        "interim": require_words(interim, "这段时间怎么防范", "interim"),
    }
    take(hazard, Step.PARTY_SAYS, actor, facts={"until": until}, words=words)


def is_gone(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """Whoever answered for the place says that they do not any more. Nothing ends by that: somebody goes and looks."""
    reason = require_words(reason, "怎么回事", "reason")
    take(hazard, Step.PARTY_SAYS, actor, facts={"gone": True}, words={"reason": reason})
