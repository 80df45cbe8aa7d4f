"""Areas as a sheet names them: by name, where that is not enough with the one above."""

from collections.abc import Iterable
from uuid import UUID

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spelling import folded, plain
from inspect_app.people import areas, district
from inspect_app.people.models import Area
from inspect_app.people.rules import Scope


class NamedAreas:
    """The areas that somebody may put something into, by their names."""

    def __init__(self, scope: Scope) -> None:
        live = {row.id: row for row in district.live_areas()}
        own = {row.id for row in areas.areas_of(scope)}
        self.names = {row.id: row.name for row in live.values()}
        self._own = self._by_word(live, own)
        self._all = self._by_word(live, live)

    def _by_word(self, live: dict[UUID, Area], ids: Iterable[UUID]) -> dict[str, set[UUID]]:
        found: dict[str, set[UUID]] = {}
        for area in (live[one] for one in ids if one in live):
            above = live.get(area.parent_id) if area.parent_id else None
            for word in (area.name, above.name + area.name if above else area.name, area.code):
                found.setdefault(folded(word), set()).add(area.id)
        return found

    def find(self, text: str, field: str = "area") -> UUID:
        """The area of a name; raises Refused where there is none, it is not one's own, or several are called so."""
        word = folded(text)
        if not word:
            raise Refused("请写街道或社区。", field=field)
        found = self._own.get(word, set())
        if len(found) == 1:
            return next(iter(found))
        said = plain(text) if len(plain(text)) <= 20 else "这个名称"
        if found:
            raise Refused(f"有 {len(found)} 个“{said}”，请连街道一起写。", field=field)
        if word in self._all:
            raise Refused(f"“{said}”不在您的片区里。", field=field)
        raise Refused(f"没有“{said}”这个片区，请照系统里的名称写。", field=field)
