"""How a law or standard is named wherever it is cited: on papers, pages and phones. Pure."""

import re

_STANDARD = re.compile(r"[A-Z]")  # GB, GB/T, XF, JGJ: numbers that a reader looks a standard up by
_ARTICLE = re.compile(r"第\s*(\d+(?:\.\d+)*)\s*([条节章])")


def standard_number(number: str) -> str:
    """The number of a standard; empty for the number under which a law or order was published."""
    return number if _STANDARD.match(number) else ""


def spaced_article(article: str) -> str:
    """第7.1.7条 with air around the figures, as standards are cited."""
    return _ARTICLE.sub(r"第 \1 \2", article)


def citation(document: str, number: str, article: str) -> str:
    """A text as it is cited, 《建筑防火通用规范》（GB 55037-2022）第 7.1.7 条: a standard by title and number, a law by its title."""
    standard = standard_number(number)
    return f"《{document}》{f'（{standard}）' if standard else ''}{spaced_article(article)}"
