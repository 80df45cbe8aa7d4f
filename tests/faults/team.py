"""Several phones at once: two on one visit, two visits at one door. What is sent is sent at the same moment."""

from collections.abc import Sequence

from .driver import FAILING, Driver


def one_visit(phones: Sequence[Driver], answers: int, photos: int, kills: dict[int, str] | None = None) -> str:
    """The first begins a visit with the others along; all of them answer, partly the same items, and all hand it in.

    The others write before the visit has arrived, and find the same item wrong or right.
    """
    lead, *mates = phones
    visit = lead.new_visit()
    place = lead.rng.choice(lead.site.places)
    begun = lead.begins(visit, place, [mate.person for mate in mates])
    lead.go(visit, [begun, *lead.fills(visit, answers, photos, FAILING[:2])], kills)
    for mate in mates:
        mate.go(visit, mate.fills(visit, answers, photos, FAILING[1:]))
    _all_hand_in([(phone, visit) for phone in phones])
    return visit


def one_door(phones: Sequence[Driver], answers: int, photos: int) -> None:
    """Each begins a visit of its own at the same place and finds the same things wrong."""
    place = phones[0].rng.choice(phones[0].site.places)
    begun = []
    for phone in phones:
        visit = phone.new_visit()
        phone.go(visit, [phone.begins(visit, place), *phone.fills(visit, answers, photos, FAILING[:2])])
        begun.append((phone, visit))
    _all_hand_in(begun)


def _all_hand_in(visits: Sequence[tuple[Driver, str]]) -> None:
    for phone, visit in visits:
        phone.hand_in(visit)
