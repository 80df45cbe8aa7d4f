"""What an export costs: first byte, rows a second, what the web processes grow by, and how long a page takes beside it.

`python -m tests.benchmarks.exports` (LARGE=100000, BENCH_DATA=folder) on the data that tests.benchmarks.lists grows. Most
hazards of it are settled: that list is the long one, the open one is what is taken along every week.
"""

import http.client
import re
import statistics
import threading
import time
from urllib.parse import urlencode

from tests.benchmarks.lists import LARGE, _grown, _url
from tests.benchmarks.processes import pss, web_cpu
from tests.benchmarks.serving import serving, sign_in

_LISTS = {
    "open": "tab=all",
    "by place": "tab=all&sort=place",
    "settled": "tab=settled",
    "search": "tab=settled&q=%E9%9D%A2%E9%A6%86",
}
_PAGE = "/desk/hazards"


def _asked(port: int, cookie: str, address: str, form: str) -> tuple[float, float, int, bytes]:
    """(seconds to the first byte, to the last, bytes, the page of the log afterwards) of one export."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", address, headers={"Cookie": cookie})
    token = re.search(r'name="csrf_token" value="([^"]+)"', connection.getresponse().read().decode())
    assert token
    sent = urlencode({"form": form, "csrf_token": token[1]})
    began = time.perf_counter()
    connection.request("POST", address, sent, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - began
    while part := answer.read(65536):
        size += len(part)
    took = time.perf_counter() - began
    connection.request("GET", "/exports/", headers={"Cookie": cookie})
    return first, took, size, connection.getresponse().read()


class _Beside(threading.Thread):
    """Asks for a page again and again until it is stopped, and keeps how long each took and how large the processes were."""

    def __init__(self, port: int, cookie: str, server: int) -> None:
        super().__init__(daemon=True)
        self.port, self.cookie, self.server, self.took, self.most, self.stopped = (
            port,
            cookie,
            server,
            list[float](),
            0.0,
            False,
        )

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        while not self.stopped:
            began = time.perf_counter()
            connection.request("GET", _PAGE, headers={"Cookie": self.cookie})
            connection.getresponse().read()
            self.took.append((time.perf_counter() - began) * 1000)
            self.most = max(self.most, pss(self.server)["web"])
            time.sleep(0.05)


def _page_beside(beside: _Beside) -> str:
    beside.stopped = True
    beside.join()
    slow = sorted(beside.took)
    return f"{statistics.median(slow):6.0f} {slow[int(len(slow) * 0.95)]:6.0f} ms"


def run() -> None:
    """Print a line for each list and form."""
    folder = _grown(LARGE)
    with serving(folder, _url(folder)) as (server, port):
        cookie, _ = sign_in(port, "du1")
        for _ in range(30):  # both processes warm
            _asked(port, cookie, "/desk/places/export?q=zzzzzz", "csv")
        idle = _Beside(port, cookie, server.pid)
        idle.start()
        time.sleep(5)
        print(f"{LARGE:,} hazards; a page beside nothing (median, 95 %): {_page_beside(idle)}")
        for name, address in _LISTS.items():
            for form in ("csv", "xlsx"):
                before, cpu = pss(server.pid)["web"], web_cpu(server.pid)
                beside = _Beside(port, cookie, server.pid)
                beside.start()
                first, took, size, log = _asked(port, cookie, f"/desk/hazards/export?{address}", form)
                page, spent = _page_beside(beside), web_cpu(server.pid) - cpu
                found = re.search(r"([\d,]+) 行，", log.decode())
                rows = int(found[1].replace(",", "")) if found else 0
                print(
                    f"{name:9} {form:4} {rows:7,} rows  first {first * 1000:5.0f} ms  {took:6.1f} s  {rows / took:6.0f} rows/s"
                    f"  {size / 1e6:5.1f} MB  web {before:4.0f} to {beside.most:4.0f} MB  {spent:5.1f} s CPU  page beside it {page}"
                )


if __name__ == "__main__":
    run()
