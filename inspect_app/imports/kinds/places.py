"""导入场所: rows held against the register by code, else by name and address; those that may be one are asked about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.positions import known_position, position_of
from inspect_app.kernel.spelling import folded
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.alike import MOST_SHARED, NUMBERS_TELL, Likeness, likeness_of, signs
from inspect_app.premises.many import ManyPlaces, PartySaid, PlaceChange, PlaceSaid, RegisterMoved
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, PARTY_ROLES, STATUS_NAMES, fact_words, twin_key
from inspect_app.premises.standing import StandingParty, StandingPlace, former_names, standing, standing_of

from ..entry import CheckedRow, Decided, ImportKind, LikelyDouble, Overtaken, Preparing, RowToWrite, compared
from ..rules import CellFault, RowChoice, RowVerdict
from .named_areas import NamedAreas
from .place_columns import COLUMNS, read_place

MOST_DOUBLES = 3
_LABELS = {
    "name": "名称",
    "kind": "类别",
    "address": "地址",
    "area_id": "街道或社区",
    "phone": "电话",
    "status": "现在",
}


class PlaceChecker:
    """The register of places as somebody sees it, found by what rows may name."""

    def __init__(self, scope: Scope, _secret: str) -> None:
        self._areas, self._year = NamedAreas(scope), clock.today().year
        self._today = clock.today().isoformat()
        self._codes: dict[str, StandingPlace] = {}
        self._twins: dict[str, list[StandingPlace]] = {}
        self._ids: dict[UUID, StandingPlace] = {}
        self._likeness: dict[UUID, Likeness] = {}
        self._near: dict[tuple[str, object], list[UUID]] = {}
        for place in standing(scope):
            self._ids[place.id], self._codes[place.code] = place, place
            self._twins.setdefault(place.twin_key, []).append(place)
            self._remember(place)
        self._former: dict[str, StandingPlace] = {}
        for name in former_names(scope):
            place = self._ids.get(name.stands_id)  # type: ignore[assignment]
            if place is not None:
                self._codes.setdefault(name.code, place)
                self._former.setdefault(name.twin_key, place)

    def _remember(self, place: StandingPlace) -> None:
        known = likeness_of(place.name, place.address, *_numbers(place), position_of(place))
        self._likeness[place.id] = known
        for key in _doors(known):
            self._near.setdefault(key, []).append(place.id)

    def check(self, cells: Mapping[str, str], decided: Decided | None) -> CheckedRow:
        """What a row comes to: the place it names or that somebody chose, a new one, or one to be asked about."""
        faults = Faults()
        said = read_place(cells, self._year, faults)
        area = faults.of(self._areas.find, cells.get("area", ""))
        faults.need(said.get("status_since", "") <= self._today, "何时起的日子还没到，请看一下。", "status_since")
        found = faults.of(self._named, cells, said, decided)
        key = twin_key(said["name"], said["address"]) if "name" in said and "address" in said else ""
        if found is not None and key and any(twin.id != found.id for twin in self._twins.get(key, [])):
            faults.add("改成这个名称和地址，就和登记过的另一家一样了。", "name")
        if faults.found or area is None:
            return CheckedRow(
                verdict=RowVerdict.FAULTY, faults=[CellFault(one.field or "", one.message) for one in faults.found]
            )
        said["area_id"] = str(area)
        if found is not None and key != found.twin_key and self._former.get(key) is found:
            # The row knows the place by the name it had before it was merged: the name that stands goes on.
            said, key = said | {"name": found.name, "address": found.address}, found.twin_key
        if found is not None:
            return self._compared(found, said, key)
        doubles = [] if decided is not None else self._doubles(said)
        return CheckedRow(
            verdict=RowVerdict.ASKED if doubles else RowVerdict.ADDED, said=said, key=key, doubles=doubles
        )

    def _named(
        self, cells: Mapping[str, str], said: Mapping[str, Any], decided: Decided | None
    ) -> StandingPlace | None:
        if "code" in cells:
            found = self._codes.get(folded(cells["code"]).upper())
            if found is None:
                raise Refused("没有这个编号的场所，或不在您的片区里。新的场所请把编号空着。", field="code")
            return found
        if decided is not None and decided.choice is RowChoice.SAME and decided.chosen_id in self._ids:
            return self._ids[decided.chosen_id]
        if "name" not in said or "address" not in said:
            return None
        twins = self._twins.get(twin_key(said["name"], said["address"]), [])
        if len(twins) > 1:
            codes = "、".join(twin.code for twin in twins)
            raise Refused(f"登记过 {len(twins)} 家同名同址的：{codes}。请写编号，说清是哪一家。", field="code")
        return twins[0] if twins else self._former.get(twin_key(said["name"], said["address"]))

    def _compared(self, place: StandingPlace, said: Mapping[str, Any], key: str) -> CheckedRow:
        changes = [*self._changed_values(place, said), *_changed_party(place, said.get("party"))]
        return compared(place, said, key, changes)

    def _changed_values(self, place: StandingPlace, said: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        for name, label in _LABELS.items():
            before, after = str(getattr(place, name)), said.get(name)
            if after is not None and after != before:
                yield label, self._shown(name, before), self._shown(name, after)
        for name, value in said.get("facts", {}).items():
            if place.facts.get(name) != value:
                yield (
                    FACT_NAMES[name],
                    fact_words(name, place.facts[name]) if name in place.facts else "",
                    fact_words(name, value),
                )
        since, told = place.status_since.isoformat() if place.status_since else "", said.get("status_since", "")
        if told and told != since:
            yield "何时起", since, told
        if "crs" in said and (place.lon, place.lat, place.crs) != (said["lon"], said["lat"], said["crs"]):
            before = f"{place.lon}，{place.lat}（{place.crs}）" if place.crs else ""
            yield "位置", before, f"{said['lon']}，{said['lat']}（{said['crs']}）"

    def _shown(self, name: str, value: str) -> str:
        if name == "area_id":
            return self._areas.names.get(UUID(value), "")
        words: Mapping[str, Mapping[Any, str]] = {"kind": KIND_NAMES, "status": STATUS_NAMES}
        return words[name].get(value, value) if name in words else value

    def _doubles(self, said: Mapping[str, Any]) -> list[LikelyDouble]:
        party = said.get("party") or {}
        codes = frozenset({party["credit_code"]} if party.get("credit_code") else ())
        phone = "、".join(part for part in (said.get("phone", ""), party.get("phone", "")) if part)
        if party.get("role") not in (None, *NUMBERS_TELL):
            codes, phone = frozenset(), said.get("phone", "")
        point = known_position(said.get("lon"), said.get("lat"), said.get("crs"))
        row = self._telling(likeness_of(said["name"], said["address"], phone, codes, point))
        found = [
            (why, self._ids[one])
            for one in {one for key in _doors(row, asking=True) for one in self._near.get(key, ())}
            if (why := signs(row, self._likeness[one]))
        ]
        found.sort(key=lambda pair: (-len(pair[0]), pair[1].name, pair[1].id))
        return [LikelyDouble(place.id, self._side(place), why) for why, place in found[:MOST_DOUBLES]]

    def _telling(self, row: Likeness) -> Likeness:
        """Without the numbers that so many places share that they tell none from another."""
        return replace(
            row,
            credit_codes=frozenset(
                one for one in row.credit_codes if len(self._near.get(("code", one), ())) <= MOST_SHARED
            ),
            phones=frozenset(one for one in row.phones if len(self._near.get(("phone", one), ())) <= MOST_SHARED),
        )

    def _side(self, place: StandingPlace) -> dict[str, str]:
        operator = place.parties.get("operator")
        return {
            "编号": place.code, "名称": place.name, "类别": KIND_NAMES[place.kind], "地址": place.address,  # type: ignore[index]
            "街道或社区": self._areas.names.get(place.area_id, ""), "电话": place.phone,
            "责任主体": operator.name if operator else "", "信用代码": (operator.credit_code or "") if operator else "",
        }  # fmt: skip


def _numbers(place: StandingPlace) -> tuple[str, frozenset[str]]:
    """Telephone numbers and credit codes by which a place is known."""
    telling = [party for role, party in place.parties.items() if role in NUMBERS_TELL]
    codes = frozenset(party.credit_code for party in telling if party.credit_code)
    return "、".join([place.phone, *(party.phone for party in telling)]), codes


def _doors(place: Likeness, *, asking: bool = False) -> Iterator[tuple[str, object]]:
    """Under what a place is found by those that may be it: its house number, or where it has none the pairs of signs of its name;
    codes, telephone numbers, and the square of about a hundred metres in which it lies. Who asks looks into the squares around
    it as well, and among those without a number."""
    if place.house:
        yield "house", place.house
    if asking or not place.house:
        for at in range(max(len(place.name) - 1, 1)):
            yield "word", place.name[at : at + 2]
    for kind, values in (("code", place.credit_codes), ("phone", place.phones)):
        for value in values:
            yield kind, value
    if place.point is None:
        return
    x, y = int(place.point.lon * 1000), int(place.point.lat * 1000)
    for across in (-1, 0, 1) if asking else (0,):
        for up in (-1, 0, 1) if asking else (0,):
            yield "square", (x + across, y + up)


def _changed_party(place: StandingPlace, said: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    if said is None:
        return []
    before, after = place.parties.get(said["role"]), _party_after(place, said)
    if after is None:
        return [(PARTY_ROLES[said["role"]], _party_words(before), "待查")] if before else []
    now = StandingParty(after.name, after.credit_code, after.phone)
    return [] if before == now else [(PARTY_ROLES[said["role"]], _party_words(before), _party_words(now))]


def _party_words(party: StandingParty | None) -> str:
    return "，".join(word for word in (party.name, party.credit_code, party.phone) if word) if party else ""


def _party_after(place: StandingPlace | None, said: Mapping[str, Any] | None) -> PartySaid | None:
    """Who is to answer: of the same one that is there, what the row leaves empty stays."""
    if said is None or said.get("unknown"):
        return None
    before = place.parties.get(said["role"]) if place else None
    kept = before if before is not None and folded(before.name) == folded(said["name"]) else None
    code = said.get("credit_code", kept.credit_code if kept else None) or None
    return PartySaid(
        said["role"], kept.name if kept else said["name"], code, said.get("phone", kept.phone if kept else "")
    )


def prepare(scope: Scope, rows: Sequence[RowToWrite]) -> Preparing:
    """New places and changed ones as they are to stand."""
    changed = [row for row in rows if row.verdict is RowVerdict.CHANGED and row.match_id is not None]
    now = standing_of(row.match_id for row in changed if row.match_id is not None)
    if any(row.match_id not in now for row in changed):
        raise Overtaken
    new = [
        PlaceSaid(_values(None, row.said), _party_after(None, row.said.get("party")))
        for row in rows
        if row.verdict is RowVerdict.ADDED
    ]
    try:
        return _Places(ManyPlaces(scope, new, [_change(row, now[row.match_id]) for row in changed if row.match_id]))
    except RegisterMoved:
        raise Overtaken from None


def _change(row: RowToWrite, place: StandingPlace) -> PlaceChange:
    said = row.said.get("party")
    changed = bool(_changed_party(place, said))
    ended = said["role"] if said and changed and said.get("unknown") else None
    party = _party_after(place, said) if changed else None
    return PlaceChange(place.id, row.stood, PlaceSaid(_values(place, row.said), party, ended))


def _values(place: StandingPlace | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """Every value of a place as it is to stand: what the row says, else what is there."""
    usual: dict[str, Any] = {"phone": "", "status": "open", "facts": {}, "lon": None, "lat": None, "crs": None}
    if place is not None:
        usual = {name: getattr(place, name) for name in usual}
    values = {name: said.get(name, usual.get(name)) for name in ("name", "kind", "address", *usual)}
    since = _since(place, values["status"], said.get("status_since"))
    return values | {
        "area_id": UUID(said["area_id"]), "facts": dict(usual["facts"]) | said.get("facts", {}), "status_since": since,
    }  # fmt: skip


def _since(place: StandingPlace | None, status: str, said: str | None) -> date | None:
    """From which day its status holds: what is said, else what was, else today; nobody has to say since when a shop is open."""
    if said is not None:
        return date.fromisoformat(said)
    if place is not None and place.status == status:
        return place.status_since
    return clock.today() if place is not None or status != "open" else None


class _Places:
    def __init__(self, places: ManyPlaces) -> None:
        self._places = places

    def write(self) -> None:
        try:
            self._places.write()
        except RegisterMoved:
            raise Overtaken from None


ENTRY = ImportKind(
    code="places",
    title="导入场所",
    register="场所",
    unit="家",
    roles=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    columns=COLUMNS,
    home="desk.places",
    shown=("name", "address"),
    key_says="名称和地址一样",
    checker=PlaceChecker,
    prepare=prepare,
)
