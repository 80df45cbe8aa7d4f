"""What is served from static/vendor is exactly what its list says."""

import re
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


def test_every_vendored_file_is_listed_with_its_hash() -> None:
    listed = dict(re.findall(r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.M))
    there = {
        path.relative_to(VENDOR).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.suffix in (".js", ".css")
    }
    assert listed == there
