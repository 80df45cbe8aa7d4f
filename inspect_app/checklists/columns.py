"""What a checklist looks like as a spreadsheet: its sheets, the columns of each, and what each is for. Pure."""

from dataclasses import dataclass

from .rules import NEEDS
from .zones import ZONES

HELP, HEAD, ITEMS, PIECES, BASES = "说明", "检查表", "检查项", "分项", "依据"


@dataclass(frozen=True)
class Column:
    """A column of the workbook a list is edited in: its heading, the field of `Item` behind it, what stands under the
    heading."""

    title: str
    name: str
    about: str
    width: int = 14
    needed: bool = False
    of_walk: bool = False  # came with the short walk: a sheet from before lacks it, and says nothing of it


ITEM_COLUMNS = (
    Column("编号", "code", "检查项的永久编号，例如 F-EXIT-01。同一件事永远用同一个编号，换了意思要换新编号。", 14, True),
    Column("部分", "section", "在检查表的哪一部分。部分的名称和顺序写在“分项”那一页。", 14, True),
    Column("检查内容", "question", "对的样子，写成一句可以判断的话，例如：安全出口没有锁，从里面推得开。", 34, True),
    Column("怎么看", "look", "看哪里、怎么看，一两句短话。", 40, True),
    Column("隐患名称", "title", "不合格时隐患叫什么。", 24, True),
    Column("标准描述", "wordings", "看到了什么，供点选。一行一句，在格里按 Alt+回车换行。", 30, True),
    Column("整改建议", "advice", "建议怎么改。一行一句。", 30, True),
    Column("怎么答", "kind", "合格不合格、数字、选项、文字、分别记数，五种里写一种。"),
    Column("单位", "unit", "数字的单位，例如：米。", 8),
    Column("不超过", "at_most", "数字的上限，超过算不合格。", 8),
    Column("不少于", "at_least", "数字的下限，不到算不合格。", 8),
    Column("级别", "grade", "一般、疑似重大、建议，三种里写一种。建议不算隐患。", 10),
    Column("建议几天", "mending_days", "建议几天内完成，1 到 365 的整数。", 10),
    Column("照片张数", "photos", "不合格时要几张照片，0 到 6。", 10),
    Column("拍照提示", "photo_hint", "怎么拍，例如：一张远的，一张近的。", 24),
    Column("可当场改", "on_the_spot", "是或否。只有依法可以当场改正的几类才写是。", 10),
    Column(
        "什么时候问", "when",
        "空着就是都问。例如：用气 为 瓶装气 且 层数 不少于 3。可以用“且”“或”“非（…）”和括号。情况还不知道的，照样问。", 30,
    ),
    Column("只在哪里", "place", "只在这个地方的规定启用时才问，例如：南京市。空着就是各地都问。", 10),
    Column("依据", "bases", "“依据”那一页里的编号，一行一个。已核实还是待核实，由依据库定，这里不写。", 24),
    Column("必看", "key", "是或否。短查时必看的重点项写是，单独一样一样点。", 8, of_walk=True),
    Column("区", "zone", f"短查时在哪一区看，写一个：{'、'.join(ZONES.values())}。", 16, of_walk=True),
    Column("短句", "line", "短查时念的短话，不超过 24 个字。空着就用检查内容。", 24, of_walk=True),
    Column("为什么", "why", "背后的事故，一句话，写在怎么看的下面。", 34, of_walk=True),
    Column("光看不够", "needs", f"光看看不出来的，写一种：{'、'.join(NEEDS.values())}。看得出的空着。", 18, of_walk=True),
)  # fmt: skip
PIECE_COLUMNS = (
    Column("类型", "type", "部分、选项、分别记数，三种里写一种。", 12, True),
    Column("属于", "code", "选项和分别记数写检查项的编号，部分空着。", 16),
    Column("名称", "label", "部分的名称；选项的文字；分别按什么记，例如：楼层。", 28, True),
    Column("值", "value", "选项的值，用字母和数字；分别记数写由场所的哪个情况定有几个，例如：层数，不知道就空着。", 14),
    Column("算不合格", "fails", "选项写是或否。", 10),
)
BASE_COLUMNS = (
    Column("编号", "id", "", 20), Column("文件", "document", "", 28), Column("文号或标准号", "number", "", 20),
    Column("版本", "edition", "", 18), Column("条款", "article", "", 18), Column("说了什么", "says", "", 50),
    Column("是否核实", "mark", "", 12), Column("起", "since", "", 12), Column("止", "until", "", 12), Column("发布", "issuer", "", 22),
)  # fmt: skip
HEAD_FIELDS = (
    Column("代码", "code", "检查表的代码，小写字母、数字和横线。改了代码就是另一张检查表。", needed=True),
    Column("名称", "title", "检查表的名称。", needed=True),
    Column("领域", "field", "消防、燃气、建筑施工，三种里写一种。", needed=True),
    Column("适用场所", "kinds", "哪些场所用这张表，一行一种。", needed=True),
    Column("进门前提醒", "reminder", "检查开始前要说的话，没有就空着。"),
    Column("照哪一版改的", "based_on", "下载时的版本，请不要动它。"),
)
OF_THE_WALK = tuple(column.name for column in ITEM_COLUMNS if column.of_walk)
MARK_WORDS = {"✔": "已核实", "◐": "依据待核实"}
