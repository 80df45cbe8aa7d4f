"""门牌码: for each place the code that opens it on a deputy's phone, six to a sheet, to be cut."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.papers.kinds import Geometry
from inspect_app.people.rules import Scope
from inspect_app.premises import queries
from inspect_app.premises.models import Premises

from ..entry import LeftOut, PartAsked, PrintKind, SheetToDraw

MOST_DOORS = 600  # 100 sheets


def door_address(base: str, door_code: str) -> str:
    """What the code on a door says: the address of the place for a phone. `base` is the address of the installation."""
    return f"{base}/field/door/{door_code}"


def part(places: Iterable[Premises], base: str) -> PartAsked:
    """The part that prints the codes of these places."""
    about = {"places": [str(place.id) for place in places], "base": base}
    return PartAsked(ENTRY.code, about, "门牌码", day=clock.today())


def make(scope: Scope, about: Mapping[str, Any]) -> SheetToDraw:
    """The codes in the order of the list."""
    wanted = [UUID(one) for one in about["places"]]
    places = queries.within(scope, wanted)
    if not places:
        raise LeftOut("这些场所现在不在您能看的范围里了")
    rows = [{"name": place.name, "address": place.address, "code": place.code} for place in places]
    codes = [door_address(about["base"], place.door_code) for place in places]
    return SheetToDraw("doors", {}, Geometry.SLIP, rows, codes)


ENTRY = PrintKind(code="doors", unit="份", make=make, one_sided=True)
