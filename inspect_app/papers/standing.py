"""How a paper stands today, whatever it said on its day. Pure."""

from enum import StrEnum


class Standing(StrEnum):
    """What has become of a paper. Only one that stands asks anything of anybody."""

    STANDS = "stands"
    VOID = "void"
    REPLACED = "replaced"
    LAPSED = "lapsed"  # it reported an end, and the hazard was opened again


NAMES = {
    Standing.STANDS: "有效",
    Standing.VOID: "已作废",
    Standing.REPLACED: "已被代替",
    Standing.LAPSED: "已失效（重开）",
}
# What is stamped across every page of a file that no longer stands, when it is opened from inside.
STAMPS = {Standing.VOID: "作废", Standing.REPLACED: "已被代替", Standing.LAPSED: "已失效（重开）"}


def standing(state: str, *, replaced: bool, reopened: bool) -> Standing:
    """How a paper in a stored state stands; `replaced` by a newer one, `reopened` since it told of an end."""
    if replaced:
        return Standing.REPLACED
    if state == "void":
        return Standing.VOID
    return Standing.LAPSED if reopened else Standing.STANDS
