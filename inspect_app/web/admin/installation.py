"""How the installation is, in words, each with what to do about it: what the page 系统 says."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request

from inspect_app.backup import making
from inspect_app.jobs import clockwatch
from inspect_app.jobs.health import Check, HealthState
from inspect_app.settings import Settings

# What the worker does in turn, as an administrator calls it.
SWEEPS = {
    "make_photo_copies": "照片的副本", "draw_papers": "做文书", "urge_urgent_calls": "催紧急上报", "lapse_requests": "过期的申请",
    "escalate_waiting": "升级等着的", "recompute_dates": "重算暂定日期", "sign_daily_head": "每日存证",
    "drop_forgotten_parts": "清理没传完的照片", "recognise_photos": "比对照片", "judge_photos": "核对照片的时间和地点", "look_over_copies": "检查副本",
    "remake_copies": "重做副本", "reconcile_visits": "核对走访和隐患",
    "stamp_papers": "给作废的文书盖章", "close_unopposed": "到期自动销号", "enter_numbers": "登记文号", "forget_old_tries": "清理旧的登录计数", "back_up": "夜间备份",
}  # fmt: skip


def sweep_name(name: str) -> str:
    return SWEEPS.get(name, "别的一项")


@dataclass(frozen=True)
class SystemLine:
    """One thing that was looked at: its name, how it is, what to do. `mark` is ok, look or bad."""

    label: str
    mark: str
    words: str
    advice: str = ""


def line_of(check: Check) -> SystemLine:
    label, words = _WORDS[check.name]
    mark = {HealthState.OK: "ok", HealthState.DEGRADED: "look", HealthState.DOWN: "bad"}[check.state]
    said, advice = words(check)
    return SystemLine(label, mark, said, advice)


def front(settings: Settings) -> SystemLine:
    """What stands in front, as this very request came: lock-outs and the sign-in log count the address it tells."""
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    said = before.get("HTTP_X_FORWARDED_FOR") or request.headers.get("X-Forwarded-For", "")
    passed = len(said.split(",")) if said else 0
    if passed == settings.proxies:
        return SystemLine("前置代理", "ok", f"{passed} 个，同设置一样" if passed else "没有")
    words = f"设置里写的是 {settings.proxies} 个，这一次请求经过了 {passed} 个"
    return SystemLine(
        "前置代理",
        "look",
        words,
        "请把 TRUSTED_PROXIES 改对再启动：不然登录试错次数会算到代理头上，一个人试错大家都登不上。",
    )


def _web(check: Check) -> tuple[str, str]:
    return "正在服务", ""


def _worker(check: Check) -> tuple[str, str]:
    facts = check.facts
    if check.state is HealthState.OK:
        doing = f"，正在做“{sweep_name(facts['doing'])}”" if facts["doing"] else ""
        return f"正在运行，{facts['age_seconds']} 秒前报过平安{doing}", ""
    if facts["why"] == "never":
        return "没有在运行", "照片和文书现在做不出来。看守程序会自己把它拉起来；几分钟后还是这样，请重新启动服务。"
    if facts["why"] == "failing":
        names = "、".join(sweep_name(name) for name in facts["failing"])
        return (
            f"正在运行，但有几项没做成：{names}",
            "会自己再试。一直做不成的，把下面“最近的错误”里的编号告诉维护的人。",
        )
    if facts["why"] == "stuck":
        doing = sweep_name(facts["doing"])
        return f"卡在“{doing}”", "看守程序会把它换掉重来，不用管；反复这样的，告诉维护的人。"
    return (
        f"{facts['age_seconds']} 秒没有动静",
        "看守程序会把它换掉重来；几分钟后还是这样，请重新启动服务。",
    )


def _database(check: Check) -> tuple[str, str]:
    if check.state is HealthState.OK:
        return "连得上", ""
    if check.facts.get("why") == "exchanged":
        return "文件不见了或被换过", "现在什么都存不进去。请把原来的文件放回去，或从备份恢复，再重新启动服务。"
    return "连不上", "现在什么都存不进去。请马上看数据库的文件或服务还在不在，不要自己新建；需要的话从备份恢复。"


def _disk(check: Check) -> tuple[str, str]:
    if check.facts.get("why") == "gone":
        return "数据文件夹不见了", "请马上看存数据的磁盘还在不在。"
    free = f"还剩 {check.facts['free_mb'] / 1024:.1f} GB（{check.facts['free_percent']}%）"
    if check.state is HealthState.OK:
        return free, ""
    if check.state is HealthState.DEGRADED:
        return free, "快满了。请清理磁盘上别的文件，或换一块大的。"
    return free, "满了，照片已经收不下。请马上腾出地方；手机里的都还在，腾出来后会自己再发。"


def _backup(check: Check) -> tuple[str, str]:
    if check.facts.get("why") == "never":
        return "从来没有备份过", "请今天就做一次备份，并放一份到别的机器上。"
    hours = check.facts["age_hours"]
    said = f"最近一次在 {hours} 小时前" if hours < 72 else f"最近一次在 {hours // 24} 天前"
    if check.facts.get("why") == "failed":
        return f"{said}，没有做成", "请看存备份的地方还在不在、满没满，再手工做一次。"
    if check.facts.get("why") == "ahead":
        return (
            "最近一次记的时间在将来",
            "那时这台机器的时间快了。请核对时间；夜间备份会马上再做一次，没有打开的请手工做一次。",
        )
    if check.facts.get("why") == "untidy":
        untidy = making.last(current_app.extensions["settings"].data_dir).get("untidy", "")
        return f"{said}，做好了，也核对过", f"{untidy}。备份不受影响，但地方会越占越多，请看一下那个文件夹。"
    return said, "" if check.state is HealthState.OK else "该有的夜间备份没有做。请看夜间备份打开没有，并手工做一次。"


def _certificate(check: Check) -> tuple[str, str]:
    if check.facts.get("why") == "none":
        return "本机不管证书", ""
    if check.facts.get("why") == "missing":
        return "证书读不出来", "请重新启动服务，会自己补上。"
    days = check.facts["days_left"]
    return (
        f"还有 {days} 天",
        "" if check.state is HealthState.OK else "该自己续的没有续上，到期后手机会打不开。请重新启动服务。",
    )


def _clock(check: Check) -> tuple[str, str]:
    if "days" not in check.facts and check.facts.get("why") in (clockwatch.BEHIND, clockwatch.JUMPED):
        said, _, advice = str(clockwatch.last(current_app.extensions["settings"].data_dir)["words"]).partition("。")
        return said, advice
    if check.facts.get("why") == "behind":
        return f"比已经存过证的日子慢了 {check.facts['days']} 天", "请把这台机器的时间校准，再重新启动服务。"
    if check.facts.get("why") == "moved":
        return f"启动以后被拨动过 {abs(check.facts['seconds'])} 秒", "请核对这台机器的时间，并打开自动校时。"
    return "走得正常", ""


def _queue(check: Check) -> tuple[str, str]:
    if check.facts.get("why") == "unknown":
        return "数不出来", ""
    said = f"等着做的：照片 {check.facts['photos']} 张，文书 {check.facts['papers']} 张"
    return said, "" if check.state is HealthState.OK else "有的等了一个多小时。看下面“卡住的”。"


_WORDS: dict[str, tuple[str, Callable[[Check], tuple[str, str]]]] = {
    "web": ("网页", _web), "worker": ("后台", _worker), "database": ("数据库", _database), "disk": ("磁盘", _disk),
    "backup": ("备份", _backup), "certificate": ("证书", _certificate), "clock": ("时间", _clock), "queue": ("排队", _queue),
}  # fmt: skip
