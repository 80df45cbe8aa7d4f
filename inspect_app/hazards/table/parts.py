"""What several rows of the table share: who, from where, facts, words and inputs. Values only."""

from ..vocabulary import OPEN, PUT_AWAY, State, Who
from .row import Ask, Fact, SaidAs, Word, kept

DESK = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})
WITNESS = frozenset({Who.DEPUTY, Who.CONGRESS_SUPERVISOR})
ANSWERABLE = frozenset({Who.HANDLER, Who.PARTY})
GOVERNMENT = frozenset({Who.GOVERNMENT_SUPERVISOR, Who.HANDLER})
# Who answers what was asked of an office: its officers and its head; of which office is the guards' word.
ANSWERING = DESK | {Who.HANDLER, Who.LEADER}
SECOND = DESK | {Who.LEADER}
CONGRESS = frozenset({Who.CONGRESS_SUPERVISOR})
CLOCK = frozenset({Who.CLOCK})
LIVE = OPEN
ANY = frozenset(State)
# Where the service of a paper is recorded: also once all is mended, for a paper that was handed over before or says that it is.
DELIVERED = ANY - PUT_AWAY
STAYS: tuple[State | None, ...] = (None,)
R, V, C, F = State.RECTIFYING, State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE, State.FOUND


def only(*states: State) -> frozenset[State]:
    return frozenset(states)


REASON = Word("reason", "理由")
WORDS = Word("words", "说明")
INTERIM = Word("interim", "这段时间的防范")
OPINION = Word("opinion", "意见")
AUTHORITY_NAMED = Word("authority", "机关")
AUTHORITY = Fact("authority", "机关", SaidAs.OFFICE)
ANSWERED_BY = Fact("answered_by", "由谁答复", SaidAs.OFFICE)
HANDLED_BY = Fact("handler", "承办单位", SaidAs.OFFICE)
NUMBER = Fact("number", "文号")
ON = Fact("on", "日期", SaidAs.DAY)
UNTIL = Fact("until", "延到", SaidAs.DAY)
AGREES = Fact("agrees", "答复", SaidAs.YES, ("同意", "不同意"))
WAY = Fact("way", "方式", SaidAs.WAY)
GRADE = Fact("grade", "级别", SaidAs.GRADE)
OTHER = Fact("hazard", "另一件", SaidAs.HAZARD)
TARGET = Fact("target", "并到", SaidAs.HAZARD)
SEEN_AT = Fact("seen_at", "看到的时间", SaidAs.TIME)
RECONCILED = Fact("reconciled", "说明", SaidAs.YES, ("夜里对账时发现漏了，补上的", ""))
# How the desk heard of it. Nothing of a person: who called stands beside the chain (hazards/origins.py).
TOLD = (
    Fact("source", "来源", SaidAs.SOURCE),
    Fact("work_order", "12345 工单"),
    Fact("told_on", "哪天说的", SaidAs.DAY),
    Fact("caller", "来话人", SaidAs.YES, ("留了称呼或电话", "没有留")),
)
REQUEST = kept("request")
# What every event may carry: `take()` puts it there.
COMMON = (Fact("dates", "", SaidAs.CLOCKS), Fact("photos", "照片", SaidAs.COUNT), *kept("origins", "evidence"))
# What older programs wrote, whatever the step: read for ever, written no more.
EARLIER_FACTS = (GRADE, TARGET, Fact("into", "并到", SaidAs.HAZARD), *kept("bundle"))
EARLIER_WORDS = (AUTHORITY_NAMED, OPINION, REASON, Word("place_within", "位置"))

WHY = Ask("reason", "理由", "area")
PHOTOS = Ask("photos", "照片", "photos", to="photo_ids")
MORE_PHOTOS = Ask("photos", "照片", "photos", needed=False, to="photo_ids")
HANDLER = Ask("handler_id", "承办单位", "handler")
ASK_NUMBER = Ask("number", "文号")
ONLY_COMPETENT = "只列在这个领域登记了这项职权的；没有要选的，请管理员先登记"
TWO = "提出后要由第二个人确认；5 个工作日没有人确认就作废，别的事照常办。"
SECOND_ONE = "您是第二个人，确认的就是下面写的这些。"
CONGRESS_RECORDS = "人大侧只记录机关已经办了的：哪个机关、文号、日期。政府侧按自己的权责清单办。"
