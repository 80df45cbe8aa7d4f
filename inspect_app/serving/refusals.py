"""What the web server refuses before a page is asked for: in plain Chinese, with what to do, as everything else here."""

import socket
from html import escape

from gunicorn.util import write_nonblock

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – 隐患巡查</title></head><body><main><h1>{title}</h1><p>{words}</p><p><a href="/">回到首页</a></p></main></body></html>
"""
_WORDS = {
    414: ("这个网址太长", "请从首页或名单里点进去，不要用这个网址。"),
    431: ("浏览器带来的东西太多", "请清一下这个网站的 Cookie 再打开；手机里没发出的记录不会丢。"),
    503: ("服务正忙", "同一个网络里同时连的太多了。您填的都还在，过几秒再试。"),
}
_REASONS = {400: "Bad Request", 414: "URI Too Long", 431: "Request Header Fields Too Large", 503: "Service Unavailable"}


def write_refusal(sock: socket.socket, status: int, _reason: str, _message: str) -> None:
    """Answer on a socket and no more: the sender is not read to the end."""
    usual = (
        ("服务暂时没有回应", "请过一会儿再试。") if status >= 500 else ("这一次没有收清楚", "请返回上一页，再试一次。")
    )
    title, words = _WORDS.get(status, usual)
    body = _PAGE.format(title=escape(title), words=escape(words)).encode()
    later = "Retry-After: 5\r\n" if status == 503 else ""
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Refused')}\r\nConnection: close\r\n{later}"
        "Content-Type: text/html; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Security-Policy: default-src 'none'\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    write_nonblock(sock, head.encode("latin-1") + body)
