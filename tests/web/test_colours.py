"""The stylesheet's own tokens, pair by pair: text at least 7 : 1, borders of controls at least 3 : 1, in every theme."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static" / "css" / "app.css").read_text()
THEMES = {
    "light": r":root \{(.*?)\}",
    "dark": r':root\[data-theme="dark"\] \{(.*?)\}',
    "outdoor": r':root\[data-theme="outdoor"\] \{(.*?)\}',
    "more contrast": r"@media \(prefers-contrast: more\) \{\s*:root:not\(\[data-theme\]\) \{(.*?)\}",
    "dark by the phone": r"@media \(prefers-color-scheme: dark\) \{\s*:root:not\(\[data-theme\]\) \{(.*?)\}",
}
# What stands on what, read off the rules of the stylesheet.
TEXT = [
    ("text", "page"), ("text", "card"), ("text", "sunk"), ("text", "sel"), ("text-2", "page"), ("text-2", "card"),
    ("text-2", "sel"), ("brand", "page"), ("brand", "card"), ("brand", "sel"), ("brand", "brand-tint"), ("ok", "card"),
    ("ok", "ok-tint"), ("bad", "card"), ("bad", "page"), ("warn", "warn-tint"), ("na", "sunk"), ("text", "brand-tint"),
    ("text", "bad-tint"), ("text", "warn-tint"), ("text", "ok-tint"), ("on-solid", "brand"), ("on-solid", "brand-deep"),
    ("on-solid", "bad"), ("on-solid", "ok"), ("on-solid", "na"),
]  # fmt: skip
BORDERS = [("ctl", "card"), ("ctl", "page"), ("brand", "card"), ("bad", "card"), ("brand", "page")]


def _tokens(theme: str) -> dict[str, str]:
    def read(name: str) -> dict[str, str]:
        block = re.search(THEMES[name], CSS, re.S)
        assert block is not None, name
        return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6})", block.group(1)))

    return read("light") | read(theme)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_in_use_can_be_read(theme: str) -> None:
    tokens = _tokens(theme)
    weak = [
        (ink, ground, round(ratio, 2))
        for pairs, least in ((TEXT, 7.0), (BORDERS, 3.0))
        for ink, ground in pairs
        if (ratio := _contrast(tokens[ink], tokens[ground])) < least
    ]
    assert weak == []


def test_both_ways_into_the_dark_are_the_same() -> None:
    assert _tokens("dark") == _tokens("dark by the phone")


def test_no_rule_names_a_colour_of_its_own() -> None:
    rules = re.sub(r"--[a-z0-9-]+: #[0-9A-F]{6}", "", CSS)
    # White behind a QR code and a signature is their paper; black and white are the printed sheet; the seal is on red.
    known = {"#FFFFFF", "#000000"}
    named = set(re.findall(r":[^;{}]*?(#[0-9A-Fa-f]{6})\b", rules))
    assert named <= known


def test_old_browsers_are_not_left_naked() -> None:
    assert not re.search(r"@layer|light-dark\(|color-mix\(|&\s*[.:{]", CSS)
    # The room of a table is asked for enlarged letters only: a narrow screen is said in the way that all understand.
    narrow = CSS.split("@media screen and (max-width: 56em) {")[1].split("\n}\n")[0]
    assert ".stack thead { display: none; }" in narrow
