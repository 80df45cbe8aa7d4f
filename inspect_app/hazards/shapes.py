"""What a hazard froze of its finding, as pages read it. Pure."""

from msgspec import Struct


class FrozenBasis(Struct, frozen=True):
    """A legal basis as it stood then."""

    document: str = ""
    article: str = ""
    edition: str = ""
    mark: str = ""
    says: str = ""


class FrozenSuspicion(Struct, frozen=True):
    """Why it was suspected, by the rule of then."""

    rule: str = ""
    title: str = ""
    says: str = ""
    clause: str = ""
    edition: str = ""
    basis: FrozenBasis | None = None
    because: tuple[str, ...] = ()


class FrozenFinding(Struct, frozen=True):
    """What was found; what else it holds is kept and read by nobody here."""

    wordings: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    measured: str = ""
    note: str = ""
    lasting: str = ""  # since when it is so, as the desk was told
    work_order: str = ""
    days: int = 0
    suspected_reason: str = ""
    no_photo_reason: str = ""
    not_own: int = 0
    basis: tuple[FrozenBasis, ...] = ()
    suspicion: tuple[FrozenSuspicion, ...] = ()
