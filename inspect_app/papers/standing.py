"""How a paper stands today, whatever it said on its day. Pure."""

from enum import StrEnum


class PaperStanding(StrEnum):
    """What has become of a paper. Only one that stands asks anything of anybody."""

    STANDS = "stands"
    VOID = "void"
    REPLACED = "replaced"
    LAPSED = "lapsed"  # it reported an end, and the hazard was opened again


NAMES = {
    PaperStanding.STANDS: "有效",
    PaperStanding.VOID: "已作废",
    PaperStanding.REPLACED: "已被代替",
    PaperStanding.LAPSED: "已失效（重开）",
}
# What is stamped across every page of a file that no longer stands, when it is opened from inside.
STAMPS = {PaperStanding.VOID: "作废", PaperStanding.REPLACED: "已被代替", PaperStanding.LAPSED: "已失效（重开）"}


def standing(state: str, *, replaced: bool, reopened: bool) -> PaperStanding:
    """How a paper in a stored state stands; `replaced` by a newer one, `reopened` since it told of an end."""
    if replaced:
        return PaperStanding.REPLACED
    if state == "void":
        return PaperStanding.VOID
    return PaperStanding.LAPSED if reopened else PaperStanding.STANDS
