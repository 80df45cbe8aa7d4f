"""Sample content of each kind, for looking at and measuring a page. The people and places are invented."""

import io
from typing import Any

_LINES = [
    ("厨房", "没有安装燃气报警器", "没有安装", "请有资质的单位安装", ["《中华人民共和国安全生产法》第三十六条第四款"]),
    (
        "后门",
        "安全出口和通道堆放杂物",
        "堆了货物；放了桌椅",
        "清走杂物，通道不再放东西",
        ["《中华人民共和国消防法》第二十八条"],
    ),
    (
        "收银台后",
        "插排串接或带大功率电器",
        "插排接插排",
        "大功率电器各用固定插座",
        ["《中华人民共和国消防法》第二十七条第二款"],
    ),
]


def sample(kind: str, body: str | None = None) -> dict[str, Any]:
    """Complete content of a kind; with `body` the paper's text is that text and nothing else."""
    photo = {"photo": "0" * 32, "original": "0" * 64, "caption": "2026年11月9日 15:08"}
    lines = [
        {
            "hazard": str(number), "number": f"20261109R{number}K7M3PQ", "title": title, "words": words, "place": place,
            "grade": "一般", "advice": advice, "basis": basis, "due_on": "2026-11-30", "photos": [photo],
        }
        for number, (place, title, words, advice, basis) in enumerate(_LINES, start=1)
    ]  # fmt: skip
    content: dict[str, Any] = {
        "issuer": "青澜区柳荫街道办事处" if kind == "notice" else "青澜区人大常委会柳荫街道工作委员会",
        "side": "government" if kind == "notice" else "congress",
        "number": {"tip": "青人柳提〔2026〕37号", "notice": "柳街整〔2026〕12号", "closure": "青人柳销〔2026〕5号"}[kind],
        "issued_on": "2026-11-24", "addressee": "老街口面馆", "place_name": "老街口面馆", "place_address": "北关街 21 号",
        "address": "https://example.invalid/z/7K3MPQ2XBD", "mark": "7K3MPQ2XBD", "code": "H4TK9R",
        "phone": "0000-1234567", "lines": lines, "visited_at": "2026年11月9日 15:08", "visitors": ["陈玉兰", "王喆堃"],
        "signatures": [
            {"part": "deputy", "name": "陈玉兰", "sha256": "", "reason": "", "at": "2026年11月9日 15:40"},
            {"part": "premises", "name": "", "sha256": "", "reason": "不在场", "at": "2026年11月9日 15:41"},
        ],
        "officers": ["李赟（示例证号 001）", "周玥（示例证号 002）"],
        "remedies": "对本通知不服的，按本单位公布的途径和期限申请救济。", "interim": "整改前停用后厨东侧灶台。",
        "found_at": "2026年11月9日 15:08", "closed_on": "2026-11-23", "verified_by": "周海",
        "verified_at": "2026年11月22日 10:05", "opinion": "现场看过，已经装好并能报警", "closed_by": "李敏", "rounds": 1,
        "before": [photo, photo], "after": [photo, photo],
        "events": [
            {"seq": 1, "at": "2026年11月9日 15:08", "step": "发现"}, {"seq": 2, "at": "2026年11月10日 09:20", "step": "交办"},
            {"seq": 3, "at": "2026年11月10日 15:31", "step": "签收"}, {"seq": 4, "at": "2026年11月19日 16:20", "step": "报请核验"},
            {"seq": 5, "at": "2026年11月22日 10:05", "step": "核验合格"},
        ],
        "fingerprint": "9f3c51b00a94c2e877d18e3a5d6b9f3c51b00a94c2e877d18e3a5d6b9f3c51e1",
    }  # fmt: skip
    if body is not None:
        content["body"] = body
    return content


def picture(_sha256: str) -> bytes:
    """A drawn stand-in for a photo."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 675), (214, 219, 223))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 900, 675), fill=(150, 158, 164))
    draw.rectangle((330, 120, 570, 560), fill=(120, 150, 150))
    draw.rectangle((520, 380, 720, 600), fill=(190, 140, 90))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
