"""Sample content of each kind, for looking at and measuring a page. The people and places are invented."""

import io
from typing import Any

from .kinds import KINDS

_LINES = [
    ("厨房", "没有安装燃气报警器", "没有安装", "请有资质的单位安装", ["《中华人民共和国安全生产法》第三十六条第四款"]),
    ("后门", "安全出口和通道堆放杂物", "堆了货物；放了桌椅", "清走杂物，通道不再放东西", ["《中华人民共和国消防法》第二十八条"]),
    (
        "收银台后", "插排串接或带大功率电器", "插排接插排", "大功率电器各用固定插座",
        ["《中华人民共和国消防法》第二十七条第二款"],
    ),
]  # fmt: skip
LONG_NAME = "青澜区柳荫街道北关街老街口喆堃记传统手工牛肉拉面与家常小炒餐饮服务部（个体工商户）"
LONG_ADDRESS = "青澜区柳荫街道北关街二十一号老街口商业广场三期B座负一层至地上二层东侧B-107、B-108、B-109号商铺"


def sample(
    kind: str, body: str | None = None, *, hazards: int | None = None, photos: int | None = None, long: bool = False
) -> dict[str, Any]:
    """Complete content of a kind; with `body` the paper's text is that text and nothing else.

    Unless said otherwise a report is of one hazard with two pairs of photos, the others of three with a photo each.
    `photos` are shared out over the lines in turn, and over before and after; `long` takes long names and addresses.
    """
    hazards = hazards or (1 if kind == "closure" else 3)
    photos = photos if photos is not None else (4 if kind == "closure" else 3)
    shots = [
        {"photo": f"{number:032x}", "original": "0" * 64, "caption": f"2026年11月9日 15:{8 + number:02d}"}
        for number in range(photos)
    ]
    lines = [_line(number, shots[number - 1 :: hazards]) for number in range(1, hazards + 1)]
    name, address = (LONG_NAME, LONG_ADDRESS) if long else ("老街口面馆", "北关街 21 号")
    content: dict[str, Any] = {
        "title": KINDS[kind].title,
        "issuer": "青澜区柳荫街道办事处" if kind == "notice" else "青澜区人大常委会柳荫街道工作委员会",
        "side": "government" if kind == "notice" else "congress",
        "number": {"tip": "柳荫人大工委提示单 2026-0037", "notice": "柳街整〔2026〕12号", "closure": "青人柳销〔2026〕5号"}[kind],
        "issued_on": "2026-11-24", "addressee": name, "place_name": name, "place_address": address,
        "address": "https://example.invalid/z/7K3MPQ2XBD", "mark": "7K3MPQ2XBD", "code": "H4TK9R",
        "phone": "0000-1234567", "lines": lines, "visited_at": "2026年11月9日 15:08", "visitors": ["陈玉兰", "王喆堃"],
        "signatures": [
            {"part": "deputy", "name": "陈玉兰", "sha256": "", "reason": "", "at": "2026年11月9日 15:40"},
            {"part": "premises", "name": "", "sha256": "", "reason": "不在场", "at": "2026年11月9日 15:41"},
        ],
        "service": {
            "result": "not_met", "name": "", "sha256": "", "reason": "不在场", "at": "2026年11月9日 15:41", "by": "陈玉兰",
        },
        "officers": [{"name": "李赟", "card": "示例 001"}, {"name": "周玥", "card": "示例 002"}],
        "identity": "统一社会信用代码 92000000MA0000000X", "inspected_on": "2026-11-23",
        "inspected_at": f"{address}，{name}", "record": "检〔2026〕118号",
        "power_basis": "《中华人民共和国安全生产法》第九条第二款", "section": "应急管理和消防一体化工作站",
        "requirement": "立即停用没有报警器的灶台，安装后再用。\n清走后门和通道里的杂物，保持通道畅通。\n大功率电器各用固定插座。",
        "consequence": "逾期不改正的，我单位将依法处理。", "contact_address": "青澜区柳荫路 8 号", "replaces": "",
        "remedies": "如不服本责令限期改正通知书，可以自收到之日起六十日内向青澜区人民政府申请行政复议，也可以自收到之日起六个月内向青澜区人民法院提起行政诉讼。",
        "interim": "整改前停用后厨东侧灶台。",
        "found_at": "2026年11月9日 15:08", "found_by": "陈玉兰（青澜区人大代表）", "handler": "青澜区城市管理局",
        "order_number": "", "reinspected_on": "", "no_photo_reason": "",
        "closed_on": "2026-11-23", "verified_by": "周海",
        "verified_at": "2026年11月22日 10:05", "opinion": "现场看过，已经装好并能报警", "closed_by": "李敏", "rounds": 1,
        "before": shots[: (photos + 1) // 2], "after": shots[(photos + 1) // 2 :],
        "clocks": [
            {"name": "答复期限", "due_on": "2026-11-17", "set_on": "2026-11-10", "words": "青澜区人大常委会柳荫街道工作委员会，从11月10日起 5 个工作日"},
            {"name": "整改期限", "due_on": "2026-11-20", "set_on": "2026-11-10", "words": "青澜区城市管理局，定在11月20日"},
            {"name": "整改期限（变更）", "due_on": "2026-11-24", "set_on": "2026-11-18", "words": "青澜区城市管理局，定在11月24日。理由：配件要等三天"},
        ],
        "events": [
            {"seq": 1, "at": "2026年11月9日 15:08", "step": "发现", "who": "陈玉兰"},
            {"seq": 2, "at": "2026年11月10日 09:20", "step": "交办", "who": "李敏"},
            {"seq": 3, "at": "2026年11月10日 15:31", "step": "签收", "who": "孙工"},
            {"seq": 4, "at": "2026年11月18日 09:02", "step": "同意延期", "who": "孙工"},
            {"seq": 5, "at": "2026年11月19日 16:20", "step": "报请核验", "who": "孙工"},
            {"seq": 6, "at": "2026年11月22日 10:05", "step": "核验合格", "who": "周海"},
        ],
        "fingerprint": "9f3c51b00a94c2e877d18e3a5d6b9f3c51b00a94c2e877d18e3a5d6b9f3c51e1",
    }  # fmt: skip
    if kind == "notice":
        content["title"] = "责令限期改正通知书"
    if body is not None:
        content["body"] = body
    return content


def _line(number: int, photos: list[dict[str, str]]) -> dict[str, Any]:
    place, title, words, advice, basis = _LINES[(number - 1) % len(_LINES)]
    return {
        "hazard": str(number), "number": f"20261109R{number}K7M3PQ", "title": title, "words": words, "place": place,
        "grade": "一般", "advice": advice, "basis": basis, "due_on": "2026-11-30", "photos": photos,
    }  # fmt: skip


def text_of(data: bytes) -> str:
    """A body text as people save it: UTF-8 with or without its mark, or GB 18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def picture(name: str) -> bytes:
    """A drawn stand-in for a photo; every third is upright, every seventh a panorama."""
    from PIL import Image, ImageDraw

    number = int(name.removeprefix("photo/")[:32], 16) if name.startswith("photo/") else 0
    wide, high = (675, 900) if number % 3 == 1 else (1200, 300) if number % 7 == 6 else (900, 675)
    image = Image.new("RGB", (wide, high), (214, 219, 223))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, int(high * 0.7), wide, high), fill=(150, 158, 164))
    draw.rectangle((int(wide * 0.37), int(high * 0.18), int(wide * 0.63), int(high * 0.83)), fill=(120, 150, 150))
    draw.rectangle((int(wide * 0.58), int(high * 0.56), int(wide * 0.8), int(high * 0.89)), fill=(190, 140, 90))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
