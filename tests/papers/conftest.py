"""Papers drawn once for all tests of this folder."""

from collections.abc import Callable

import pytest

import inspect_app.casework.papers  # noqa: F401  # registers the kinds
from inspect_app.papers import page, samples

BODY = (
    "根据《中华人民共和国消防法》第二十八条，任何单位、个人不得占用、堵塞、封闭疏散通道、安全出口、消防车通道。"
    "“一店一策”“即查即改”，把问题改在前面；把责任落在人上：谁检查、谁签字、谁来负责！能不能做到？做得到。"
)
RARE = "喆堃㛃䶮𠮷㎡℃①⑳玥赟〇々〡㊣□■→★№Ⅷ½±×÷≥≤≈°′″€£￥§¶†‡"


@pytest.fixture(scope="session")
def draw() -> Callable[[str, str | None], bytes]:
    """The PDF of a kind with sample or given text; the same text is drawn once."""
    drawn: dict[tuple[str, str | None], bytes] = {}

    def render(kind: str, body: str | None = None) -> bytes:
        if (kind, body) not in drawn:
            drawn[kind, body] = page.render(kind, samples.sample(kind, body), samples.picture)
        return drawn[kind, body]

    return render
