"""What every answer tells the browser: a strict policy, no framing, nothing kept between."""

from typing import Any

from flask import current_app, request

from .errors import is_htmx


def policy(pictures_of: str = "") -> str:
    """The policy of a page; `pictures_of` names the one host beside ours whose pictures it may show."""
    beside = f" {pictures_of}" if pictures_of else ""
    return (
        f"default-src 'self'; img-src 'self' blob: data:{beside}; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
        " form-action 'self'"
    )


_POLICY = policy()


def set_headers(response: Any) -> Any:
    """A strict policy: nothing inline, nothing from elsewhere, no framing; pages are never kept by caches between."""
    if response.status_code == 303 and is_htmx():
        # "Go to that page" is for the browser: fetched inside the old page, its address would stay the old one.
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code, response.data = 200, b""
    # A policy is for what a browser opens as a page; on a style or script it only weighs, and a phone's first load is small.
    if request.endpoint != "static" or response.mimetype == "image/svg+xml":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if current_app.extensions["settings"].production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
