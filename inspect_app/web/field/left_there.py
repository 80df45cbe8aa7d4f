"""What the phone shows in the shop of a paper of its visit: the code to scan, and the text in large letters."""

from typing import Any

from flask import url_for

from inspect_app.papers.models import Paper
from inspect_app.papers.qr import outline

_SAID = ("title", "place", "words", "advice", "due_on")


def left_there(paper: Paper) -> dict[str, Any]:
    """A paper in plain values. Its address and code are there before its file, for they never change; only a number that is
    entered in the journal is shown to anybody (papers/issuing.py), and a void paper is nothing to be left."""
    shown = {
        "number": paper.number,
        "title": paper.title,
        "href": url_for("files.paper", paper_id=paper.id) if paper.state == "issued" else "",
        "void": paper.state == "void",
        "says": _says(paper),
    }
    return shown | (_to_scan(paper) if paper.state != "void" and paper.journalled_at is not None else {})


def _to_scan(paper: Paper) -> dict[str, Any]:
    address = paper.content["address"]
    size, path = outline(address)
    return {"address": address, "code": paper.code, "qr": {"size": size, "path": path}}


def _says(paper: Paper) -> dict[str, Any]:
    said = paper.content
    lines = [{name: line.get(name) or "" for name in _SAID} for line in said.get("lines") or ()]
    return {"to": said.get("addressee", ""), "from": said["issuer"], "phone": said.get("phone", ""), "lines": lines}
