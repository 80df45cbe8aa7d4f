"""What an uploaded file truly is, by its bytes, so that a refusal names the true reason. Pure; no more is unpacked here than the
few letters by which OpenDocument names itself."""

import io
import struct
import zipfile
import zlib

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 160 * 1024 * 1024  # a million rows without a word in them are some 60 MB of XML
MOST_MEMBERS = 500
NO_WORKBOOK = "这不是 Excel 表格（.xlsx）。请用 Excel 或 WPS 另存为 .xlsx 再上传。"
LOCKED = "这份表格加了打开密码，读不了。请用 Excel 或 WPS 打开，去掉密码，存好再上传。"
CUT_SHORT = "这份表格没有存完整，或没有传完整。请用 Excel 或 WPS 打开看一下，另存一次再上传。"
TOO_LARGE = "这份表格解开后太大，没有打开它。请去掉图片和多余的页、行，另存一次再上传。"
# How the reader of zip says that a file is damaged, encrypted (RuntimeError), or packed in a way it does not know.
DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, ArithmeticError, LookupError, OSError, EOFError,
    RuntimeError, ValueError,
)  # fmt: skip
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"
# Of other files: how they begin, and what they are.
_BEGINNINGS = (
    (b"%PDF", "这是 PDF，不是表格。请上传 Excel 表格（.xlsx）。"),
    (b"{\\rtf", "这是文档，不是表格。请上传 Excel 表格（.xlsx）。"),
    (b"\x89PNG", "这是图片，不是表格。请上传 Excel 表格（.xlsx）。"),
    (b"\xff\xd8\xff", "这是图片，不是表格。请上传 Excel 表格（.xlsx）。"),
    (b"Rar!", "这是压缩包，不是表格。请解开，上传里面的 .xlsx。"),
    (b"7z\xbc\xaf", "这是压缩包，不是表格。请解开，上传里面的 .xlsx。"),
)
# Of a compound file (the format of before 2007): the names of its streams, UTF-16.
_STREAMS = (
    ("EncryptedPackage", LOCKED),
    ("WordDocument", "这是 Word 文档，不是表格。请上传 Excel 表格（.xlsx）。"),
    ("PowerPoint Document", "这是演示文稿，不是表格。请上传 Excel 表格（.xlsx）。"),
)
# Of a zip: a name that begins so, and what it then is.
_PACKED = (
    ("xl/workbook.bin", f"这是 .xlsb，读不了。{_SAVE_AS}"),
    ("word/", "这是 Word 文档，不是表格。请上传 Excel 表格（.xlsx）。"),
    ("ppt/", "这是演示文稿，不是表格。请上传 Excel 表格（.xlsx）。"),
    ("index/", "这是苹果的 Numbers 表格，读不了。请在 Numbers 里导出成 Excel（.xlsx）再上传。"),
)  # fmt: skip
# What a workbook may carry besides text: each is refused by name, because Excel would act on it.
_CARRIES = {
    "vbaproject": "这份表格带着宏。请另存为不带宏的 .xlsx 再上传。",
    "macrosheet": "这份表格带着宏。请另存为不带宏的 .xlsx 再上传。",
    "externallink": "这份表格连着别的文件。请断开外部链接，存好再上传。",
    "connections.xml": "这份表格连着外面的数据。请去掉数据连接，存好再上传。",
    "activex": "这份表格带着控件。请去掉控件，存好再上传。",
    "embeddings": "这份表格里嵌着别的文件。请去掉，存好再上传。",
}


def why_not(data: bytes) -> str:
    """Why this is no workbook that is opened here, in words for who uploaded it; empty for one that may be opened."""
    if not data:
        return "请选一份表格。"
    if len(data) > MOST_BYTES:
        return "这份表格超过 10 MB。文字用不了这么大，请去掉图片再上传。"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        told = (words for name, words in _STREAMS if name.encode("utf-16-le") in data)
        return next(told, f"这是旧的 .xls（WPS 的 .et 也是）。{_SAVE_AS}")
    if data.startswith(b"PK"):
        return _of_zip(data)
    return next((words for start, words in _BEGINNINGS if data.startswith(start)), "") or _of_text(data)


def _of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                return TOO_LARGE
            names = [member.filename.lower().replace("\\", "/") for member in members]
            kind = _named_itself(packed)
    except DAMAGED:
        return CUT_SHORT
    if any(member.flag_bits & 1 for member in members):
        return "这个文件是加了密码的压缩包。请去掉密码，存成 .xlsx 再上传。"
    if b"opendocument" in kind:
        return f"这是 OpenDocument 文件（.ods），不是 .xlsx。{_SAVE_AS.replace('Excel', 'LibreOffice、Excel')}"
    told = [words for start, words in _PACKED if any(name.startswith(start) for name in names)]
    if not told and not any(name.endswith(".xml") and "workbook" in name for name in names):
        told = [NO_WORKBOOK]
    told += [words for mark, words in _CARRIES.items() if any(mark in name for name in names)]
    return told[0] if told else ""


def _named_itself(packed: zipfile.ZipFile) -> bytes:
    """How the member `mimetype` begins, by which OpenDocument says what it is. What a member says of its size may be a lie,
    and only these two ways of packing are undone no further than is asked for."""
    member = next((one for one in packed.infolist() if one.filename == "mimetype"), None)
    if member is None or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    with packed.open(member) as part:
        return part.read(80)


def _of_text(data: bytes) -> str:
    """A web page or an XML table under the name .xls, or a CSV, in whichever of the usual encodings."""
    text = _decoded(data)
    if text is None:
        return NO_WORKBOOK
    start = text.lstrip("\ufeff \r\n\t").lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start:
        return f"这是“XML 表格 2003”，不是 .xlsx。{_SAVE_AS}"
    if start.startswith("<"):
        return f"这其实是网页，只是名字像表格。{_SAVE_AS}"
    if any(mark in start.partition("\n")[0] for mark in ",\t;，"):
        return f"这是 CSV 文本，只有一页、没有格式，读不准。请先下载 Excel，把内容填进去；或者{_SAVE_AS[1:]}"
    return NO_WORKBOOK


def _decoded(data: bytes) -> str | None:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for name in (encoding, "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None
