"""The life of a hazard as a document, made from the one table: `python -m inspect_app.hazards.diagram`."""

from .rules import OPEN, ROWS, STATE_NAMES, WHO_NAMES, State, StepRow

HEAD = """# The life of a hazard

Made from the rows in `inspect_app/hazards/table/` by `python -m inspect_app.hazards.diagram`; a test keeps it so.
Guards (who may verify, two persons, powers, evidence) are in `guards.py` beside it.
"""


def text() -> str:
    """The whole document: a state diagram of the steps that move a hazard, and a table of all steps."""
    return "\n".join([HEAD, "```mermaid", "stateDiagram-v2", *_names(), *_arrows(), "```", "", *_table(), ""])


def _names() -> list[str]:
    return [f"  {state}: {STATE_NAMES[state]}" for state in State]


def _arrows() -> list[str]:
    lines = [f"  [*] --> {State.FOUND}: 发现"]
    for row in ROWS.values():
        targets = [target for target in row.ends if target is not None]
        if not targets:
            continue
        if row.starts == OPEN:
            lines += [f"  {State.RECTIFYING} --> {target}: {row.label}（任一办理中）" for target in targets]
            continue
        lines += [f"  {start} --> {target}: {row.label}" for start in sorted(row.starts) for target in targets]
    return lines


def _table() -> list[str]:
    lines = ["| 步骤 | 从 | 到 | 谁 | 要有 |", "|---|---|---|---|---|"]
    return lines + [
        f"| {row.label} `{row.step}` | {_starts(row)} | {_ends(row)} | {_who(row)} | {row.needs} |"
        for row in ROWS.values()
    ]


def _starts(row: StepRow) -> str:
    if row.starts == OPEN:
        return "任一办理中"
    return (
        "任何状态" if row.starts == frozenset(State) else "、".join(STATE_NAMES[state] for state in sorted(row.starts))
    )


def _ends(row: StepRow) -> str:
    return "、".join("不变" if state is None else STATE_NAMES[state] for state in row.ends)


def _who(row: StepRow) -> str:
    return "、".join(name for who, name in WHO_NAMES.items() if who in row.who)


if __name__ == "__main__":
    import sys

    sys.stdout.write(text())
