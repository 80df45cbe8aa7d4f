"""What each kind of operation is, as the edges register it: its place within a request, its shapes, what is done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.shapes import Misfit
from inspect_app.people.rules import Scope

from .rules import Operation, Shape

# What is done with operations of one kind: within whose right, and with what their request holds (`Appliers.hold`).
Applier = Callable[[Sequence[Operation], Scope, Any], None]


@dataclass(frozen=True)
class OperationKind:
    """What is done with a kind of operation: its place within a request, and the shape of each version ever shipped."""

    rank: int
    applier: Applier
    shapes: Mapping[int, Shape]


class Held:
    """What a request holds of what it adds to; here nothing, for kinds that add to nothing of anybody else's."""

    def write(self) -> None:
        """What was put off; at the end of whatever is tried as a whole."""

    def undone(self) -> None:
        """What was tried last is undone."""


@dataclass
class Appliers:
    """What each kind of operation does. An applier takes a batch and raises Refused; then each is tried alone."""

    by_kind: dict[str, OperationKind] = field(default_factory=dict)
    hold: Callable[[Sequence[Operation]], Any] = lambda operations: Held()
    """Locks all that a request adds to, at once and in the one order, before anything is read that decides; what it returns
    each applier is given."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What a refusal calls the fields of payloads."""

    def register(self, kind: str, applier: Applier, shapes: Mapping[int, Shape], *, rank: int = 50) -> None:
        """`rank` orders kinds within a request: an urgent call goes first, handing in goes last."""
        self.by_kind[kind] = OperationKind(rank, applier, shapes)

    def understood(self, operation: Operation) -> Operation:
        """The operation with its payload as a typed value; as it is where its kind or version is a newer server's.
        Raises Refused, in words for the phone."""
        kind = self.by_kind.get(operation.kind)
        shape = kind.shapes.get(operation.version) if kind else None
        if shape is None:
            return operation
        try:
            return replace(operation, said=shape.read(operation.payload, shape.value))
        except Misfit as misfit:
            label = self.labels.get(misfit.field or "")
            what = f"“{label}”" if label else "内容"
            why = f"太长，最多 {misfit.most}" if misfit.most else "读不懂"
            raise Refused(f"这一条里的{what}{why}，没有收，请告诉管理员。") from None
