"""The web processes and the worker of a server under measurement: their CPU and their memory, read from /proc."""

import os
from collections.abc import Iterator
from pathlib import Path


def processes_of(parent: int) -> Iterator[tuple[str, Path]]:
    """("web" or "worker", its folder in /proc) of what the server started."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or not _descends(int(folder.name), parent):
            continue
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        part = "web" if "gunicorn" in command else "worker" if " worker" in command else ""
        if part:
            yield part, folder


def web_cpu(parent: int) -> float:
    """Seconds of CPU the web processes have used so far: a figure that busy neighbours hardly move."""
    return sum(cpu_seconds(folder) for part, folder in processes_of(parent) if part == "web")


def cpu_seconds(process: Path) -> float:
    """Seconds of CPU that one process (its folder in /proc) has used so far."""
    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(parent: int) -> dict[str, float]:
    """Memory of "web" and "worker" in MB, a page shared by several processes counted once."""
    sizes = {"web": 0, "worker": 0}
    for part, folder in processes_of(parent):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        sizes[part] += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return {part: size / 1024 for part, size in sizes.items()}


def _descends(process: int, parent: int) -> bool:
    while process > 1:
        if process == parent:
            return True
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            return False
    return False
