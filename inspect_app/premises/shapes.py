"""Facts of a place as a phone says them. Pure."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, structs

Typed = Annotated[str, Meta(max_length=40)]
Number = float | Typed | UnsetType | None
YesNo = bool | Typed | UnsetType | None


class Facts(Struct, frozen=True):
    """Each fact that rules know, as it was tapped or typed; which values it may have is clean_facts' word. A fact that is
    not named here stays unread."""

    floor_area: Number = UNSET
    storeys: Number = UNSET
    beds: Number = UNSET
    seats: Number = UNSET
    staff: Number = UNSET
    people_sleeping: YesNo = UNSET
    gas_kind: Typed | UnsetType | None = UNSET
    high_rise: YesNo = UNSET
    below_ground: YesNo = UNSET
    year_built: Number = UNSET

    def said(self) -> dict[str, float | str | bool | None]:
        """The facts that were said."""
        return {name: value for name, value in structs.asdict(self).items() if value is not UNSET}
