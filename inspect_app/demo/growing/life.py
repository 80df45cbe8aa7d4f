"""Who mends, and what a life is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from ..history import Script, World

Lived = Callable[[World, UUID, "Office"], Script]


@dataclass(frozen=True)
class Office:
    """Who mends: the key of an office of the cast, one of its logins, and the field of law."""

    key: str
    login: str
    field: str


OFFICES = (
    Office("street", "jiedao1", "fire"),
    Office("fire", "xiaofang1", "fire"),
    Office("enforcement", "zhifa2", "fire"),
    Office("gas", "ranqi1", "gas"),
    Office("street", "jiedao2", "gas"),
    Office("market", "shichang1", "gas"),
    Office("housing", "zhujian1", "site"),
)


@dataclass(frozen=True)
class Life:
    """One way a hazard may go: how often among those that end alike, how many days it takes, and through whose hands."""

    lived: Lived
    often: float
    days: int
    through: tuple[Office, ...] = OFFICES
    today_only: bool = False  # what waits for a second person lapses: it is never older than it was lived
    found: dict[str, bool] = field(default_factory=dict)  # suspected, unconfirmed, on_the_spot, two


ONE_OF_EACH = (OFFICES[0], OFFICES[3])
FIRE = (OFFICES[1],)
