"""What may be a photo, judged by its first bytes. Pure and cheap: the full decoding happens in the worker."""

from inspect_app.kernel.errors import Refused

MOST_BYTES = 25 * 1024 * 1024
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


def media_type(data: bytes) -> str:
    """image/jpeg, image/png, image/webp or image/heic by content; raises Refused for anything else."""
    if len(data) > MOST_BYTES:
        raise Refused("这张照片太大，正在压小重发。")
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "image/heic"
    raise Refused("这个文件不是照片，或没有存完整。请重新拍一张，其他内容不受影响。")
