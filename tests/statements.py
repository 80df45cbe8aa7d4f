"""How many SQL statements something asks: what pages are held to, and where each was asked from when they are not."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event

_HOUSEKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA")
_ROOT = str(Path(__file__).parents[1] / "inspect_app")


@dataclass
class Counted:
    """The statements of a block, each with the line of ours that asked it."""

    asked: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.asked)

    def said(self) -> str:
        """One line for each, for whoever reads why a bound was passed."""
        return "\n".join(
            f"{number:3} {where}: {' '.join(sql.split())[:160]}" for number, (sql, where) in enumerate(self.asked, 1)
        )


@contextmanager
def counting() -> Iterator[Counted]:
    """Every statement asked inside the block; of a request only what its view and its page ask, not who is signed in."""
    counted = Counted()

    def listen(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if sql.lstrip().upper().startswith(_HOUSEKEEPING):
            return
        stack = traceback.extract_stack()
        if has_request_context() and not any(frame.name == "dispatch_request" for frame in stack):
            return  # before the view: whose session it is, under which term
        counted.asked.append((sql, _where(stack)))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def _where(stack: traceback.StackSummary) -> str:
    ours = [frame for frame in stack if frame.filename.startswith(_ROOT) or "templates" in frame.filename]
    ours = [frame for frame in ours if frame.name not in ("dispatch_request", "_dispatch_once", "checked", "run")]
    return " < ".join(f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}" for frame in reversed(ours[-5:]))


Counting = Callable[[], AbstractContextManager[Counted]]
