"""What is sent to every phone and never changes: packed once, as small as it can be, when it is first asked for."""

from functools import cached_property

import brotli
from flask import Response, request
from zopfli import gzip as zopfli


class Packed:
    """A text in every packing that browsers unpack; nothing in it may be secret or differ from one visitor to the next."""

    def __init__(self, text: str, mimetype: str) -> None:
        self.plain, self.mimetype = text.encode(), mimetype

    @cached_property
    def gzip(self) -> bytes:
        """Zopfli is slow and makes an ordinary gzip, 4 % smaller."""
        packed: bytes = zopfli.compress(self.plain)
        return packed

    @cached_property
    def br(self) -> bytes:
        """Brotli, which browsers take over HTTPS only."""
        packed: bytes = brotli.compress(self.plain)
        return packed

    def answer(self) -> Response:
        """The answer to the request at hand, in the smallest packing that it takes."""
        taken = request.accept_encodings
        for name in ("br", "gzip"):
            if taken[name]:
                answer = Response(getattr(self, name), mimetype=self.mimetype)
                answer.headers["Content-Encoding"] = name
                break
        else:
            answer = Response(self.plain, mimetype=self.mimetype)
        answer.headers["Vary"] = "Accept-Encoding"
        return answer
