"""A browser and its device in a few words, so that somebody finds their own among their sign-ins. A guess, said as one."""

_BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"),
    ("UCBrowser", "UC 浏览器"), ("QQBrowser", "QQ 浏览器"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_DEVICES = (
    ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("HarmonyOS", "鸿蒙手机"), ("Android", "安卓手机"), ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """
    >>> device_words("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit MicroMessenger/8.0 Safari")
    '苹果手机，微信'
    """
    found = [next((words for mark, words in known if mark in agent), "") for known in (_DEVICES, _BROWSERS)]
    return "，".join(words for words in found if words) or "认不出的设备"
