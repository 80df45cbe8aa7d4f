"""导入: bringing a register as a workbook, for whoever may write in it."""

from . import bringing, looking
from .pages import pages

__all__ = ["bringing", "looking", "pages"]
