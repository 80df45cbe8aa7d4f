"""The faces a paper is set in: an office's own licensed ones first, then the free ones. Only the worker and commands import this.

GB/T 9704-2012 sets text in 仿宋, titles in 小标宋, headings in 黑体 and 楷体. No free 小标宋 exists; offices that own the usual
faces drop the files into one folder (FONT_DIR), and each is known by the names it bears itself.
"""

import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError  # type: ignore[import-untyped]

_SHIPPED = Path(__file__).parents[2] / ".fonts"
# The role of a face, by the names it goes under.
_NAMES = {
    "title": re.compile("小标宋|XiaoBiaoSong|XBSJW|FZXBS", re.I),
    "fangsong": re.compile("仿宋|FangSong|FandolFang", re.I),
    "kai": re.compile("楷|KaiTi|Kai_GB", re.I),
    "hei": re.compile("黑体|SimHei|FZHei|FZHTJW", re.I),
    "latin": re.compile("^Times New Roman$", re.I),
}
# Letters and digits, in the proportions of Times New Roman that offices set beside 仿宋; its quotation marks and dashes are not wanted.
_LATIN, _ASCII = "Liberation Serif", "U+20-7E"


@cache
def found(font_dir: Path | None) -> Mapping[str, Path]:
    """The file of each role (fangsong, title, kai, hei, latin) that there is one for; the office's own before ours."""
    roles: dict[str, Path] = {}
    for folder in (font_dir, _SHIPPED):
        for path in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
            role = _role(path)
            if role and role not in roles:
                roles[role] = path
    latin = installed(_LATIN)
    return ({"latin": latin} if latin else {}) | roles


def installed(family: str) -> Path | None:
    """The file of a face of this machine in its plain style; None where another would stand in for it."""
    command = ["fc-match", "-f", "%{family}\n%{file}", f"{family}:style=Regular"]
    name, file = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    return Path(file) if family in name.split(",") else None


def _role(path: Path) -> str | None:
    """The role of a font file by its own names; None for other files and other faces."""
    if path.suffix.lower() not in (".ttf", ".otf", ".ttc"):
        return None
    try:
        fonts = TTCollection(path, lazy=True).fonts if path.suffix.lower() == ".ttc" else [TTFont(path, lazy=True)]
        names = {str(name) for font in fonts for name in font["name"].names if name.nameID in (1, 4, 6)}
    except (TTLibError, OSError, KeyError):
        return None
    return next((role for role, pattern in _NAMES.items() if any(map(pattern.search, names))), None)


def rules(roles: Mapping[str, Path]) -> list[str]:
    """The @font-face rules for the roles that there are."""
    only = {"latin": f";unicode-range:{_ASCII}"}
    return [f'@font-face{{font-family:"Paper {role}";src:url(font:{role}){only.get(role, "")}}}' for role in roles]


def missing(font_dir: Path | None) -> list[str]:
    """Faces of official papers that are not here; another stands in for them."""
    wanted = {"fangsong": "仿宋 (FandolFang-Regular.otf)", "latin": f"西文 ({_LATIN})"}
    return [name for role, name in wanted.items() if role not in found(font_dir)]
