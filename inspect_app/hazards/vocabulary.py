"""The words that a hazard's life is told in: states, grades, steps, and the parts that take them. Values only."""

from enum import StrEnum


class State(StrEnum):
    """Where a hazard stands."""

    FOUND = "found"
    RECTIFYING = "rectifying"
    AWAITING_VERIFICATION = "awaiting_verification"
    AWAITING_CLOSURE = "awaiting_closure"
    CLOSED = "closed"
    ENDED = "ended"
    VOID = "void"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about a hazard in this state."""
        return self in OPEN

    @property
    def is_put_away(self) -> bool:
        """Whether it was found not to be a hazard of its own: void, or merged with another one."""
        return self in PUT_AWAY


PUT_AWAY = frozenset({State.VOID, State.MERGED})
OPEN = frozenset({State.FOUND, State.RECTIFYING, State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE})
STATE_NAMES = {
    State.FOUND: "待交办",
    State.RECTIFYING: "整改中",
    State.AWAITING_VERIFICATION: "待核验",
    State.AWAITING_CLOSURE: "待销号",
    State.CLOSED: "已销号",
    State.ENDED: "终结",
    State.VOID: "撤销",
    State.MERGED: "并案",
}


class Grade(StrEnum):
    """How grave a hazard is."""

    GENERAL = "general"
    SUSPECTED_MAJOR = "suspected_major"
    MAJOR = "major"


class Source(StrEnum):
    """Where somebody first heard of a hazard."""

    VISIT = "visit"
    URGENT = "urgent"
    TELEPHONE = "telephone"
    HOTLINE = "hotline"
    STREET = "street"
    AUDIT = "audit"
    MEDIA = "media"


SOURCE_NAMES = {
    Source.VISIT: "代表走访",
    Source.URGENT: "紧急上报",
    Source.TELEPHONE: "电话",
    Source.HOTLINE: "12345 热线",
    Source.STREET: "街道、部门转来",
    Source.AUDIT: "审计",
    Source.MEDIA: "媒体",
}
GRADE_NAMES = {Grade.GENERAL: "一般", Grade.SUSPECTED_MAJOR: "疑似重大", Grade.MAJOR: "重大（已认定）"}


class Step(StrEnum):
    """What may be done to a hazard, or be asked about it, as its chain names it."""

    REPORT = "report"
    FIX_ON_SPOT = "fix_on_spot"
    HAND_OVER = "hand_over"
    REASSIGN = "reassign"
    ACCEPT = "accept"
    DECLINE = "decline"
    ORDER = "order"
    SERVE = "serve"
    TELL = "tell"
    MISS = "miss"
    UNSERVE = "unserve"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    RECORD_ANSWER = "record_answer"
    TAKE_BACK = "take_back"
    DISPUTE = "dispute"
    PARTY_SAYS = "party_says"
    ANSWER_DISPUTE = "answer_dispute"
    LOOK_BACK_MENDED = "look_back_mended"
    LOOK_BACK_OPEN = "look_back_open"
    APPOINT = "appoint"
    URGE = "urge"
    ESCALATE = "escalate"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PASS = "pass"
    FAIL = "fail"
    REINSPECT = "reinspect"
    OPINION = "opinion"
    CLOSE = "close"
    CLOSE_UNOPPOSED = "close_unopposed"
    RETURN = "return"
    ASK_CLOSE_WITHOUT_OPINION = "ask_close_without_opinion"
    CLOSE_WITHOUT_OPINION = "close_without_opinion"
    REFER = "refer"
    DETERMINE = "determine"
    LIST = "list"
    UNLIST = "unlist"
    WATCH = "watch"
    UNWATCH = "unwatch"
    TRANSFER = "transfer"
    TRANSFER_RESULT = "transfer_result"
    ASK_END = "ask_end"
    END = "end"
    ASK_VOID = "ask_void"
    VOID = "void"
    ASK_MERGE = "ask_merge"
    MERGE = "merge"
    ASK_RESTORE = "ask_restore"
    RESTORE = "restore"
    TURN_DOWN = "turn_down"
    LAPSE = "lapse"
    ABSORB = "absorb"
    RELEASE = "release"
    FOLLOW = "follow"
    CORRECT = "correct"
    ASK_LOWER = "ask_lower"
    LOWER = "lower"
    REOPEN = "reopen"
    REARM = "rearm"
    SIGHT = "sight"
    OBSERVE = "observe"
    NOTE_OBSERVED = "note_observed"
    CONFIRM_FINDING = "confirm_finding"
    GIVE_UP_PHOTO = "give_up_photo"
    SET_MENDING = "set_mending"
    RECOMPUTE = "recompute"
    RECONCILE = "reconcile"
    ISSUE_PAPER = "issue_paper"
    VOID_PAPER = "void_paper"
    FILE_SCAN = "file_scan"


class Who(StrEnum):
    """An acting part: a role with its side, or one who acts without an account."""

    DEPUTY = "deputy"
    CONGRESS_SUPERVISOR = "congress_supervisor"
    GOVERNMENT_SUPERVISOR = "government_supervisor"
    HANDLER = "handler"
    PARTY = "party"
    CITIZEN = "citizen"
    CLOCK = "clock"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


WHO_NAMES = {
    Who.DEPUTY: "代表",
    Who.CONGRESS_SUPERVISOR: "督办员（人大侧）",
    Who.GOVERNMENT_SUPERVISOR: "督办员（政府侧）",
    Who.HANDLER: "承办人",
    Who.PARTY: "场所负责人",
    Who.CITIZEN: "群众",
    Who.CLOCK: "时钟",
    Who.LEADER: "领导",
    Who.AUDITOR: "审计",
    Who.ADMINISTRATOR: "管理员",
}
