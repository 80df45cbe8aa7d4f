"""Reads a page as it came and says what is wrong with it: markup, headings, labels, ids, foreign and untranslated words.

Every page that any test asks for goes through here (tests/conftest.py), so it must cost a few milliseconds and no more:
the parser of the standard library, one walk. A fault says where it is and what to do.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
# What ends an open paragraph without anybody saying so: a browser then draws another page than the one written.
BREAKS_P = frozenset(
    {"p", "div", "ul", "ol", "dl", "table", "section", "article", "nav", "form", "fieldset", "details", "figure", "header",
     "footer", "main", "aside", "h1", "h2", "h3", "h4", "blockquote", "pre"}
)  # fmt: skip
INSIDE = {
    "li": {"ul", "ol"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "tr": {"tbody", "thead", "tfoot"},
    "td": {"tr"}, "th": {"tr"}, "tbody": {"table"}, "thead": {"table"}, "tfoot": {"table"}, "caption": {"table"},
    "option": {"select", "optgroup"}, "legend": {"fieldset"}, "summary": {"details"}, "figcaption": {"figure"},
}  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PRESSED = frozenset({"a", "button", "label", "summary"})  # nothing pressed lies in another thing that is pressed
SILENT = frozenset(
    {"script", "style", "svg", "code", "template", "title"}
)  # no words for a reader, or no words of ours
SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-none", "data-late", "data-label")
# Latin in Chinese too: file endings, folders, the accounts of the demo, which are spelled sounds.
LATIN = ("xlsx", "logs", "fire-market", "daibiao", "jiedao", "zheng", "zhifa", "xiaofang", "ranqi", "shichang", "zhujian", "lingdao",
         "shenji", "guanli", "xinlai")  # fmt: skip
LEAKED = re.compile(r"\bNone\b|\bundefined\b|\bUndefined\b|\bNaN\b|\{\{|\{%|\bobject at 0x|&lt;(?:p|span|strong|a)\b")
ENGLISH = re.compile(r"(?<![\w./@=&?-])[a-z]{4,}(?![\w./@=&?-])")
UNTRANSLATED = re.compile(r"(?<![\w./@-])[a-z]{2,}(?:[._][a-z]{2,})+(?![\w./@-])")


@dataclass
class Page(HTMLParser):
    """One walk over a page. What is kept is what is asked afterwards; what is wrong at once stands in `faults`."""

    faults: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    unlabelled: list[tuple[str, str]] = field(
        default_factory=list
    )  # id and markup of inputs that need a label for them
    leads: list[tuple[str, str]] = field(default_factory=list)  # ids that something points to, and what points
    words: list[str] = field(default_factory=list)
    title: str = ""
    forms: list[set[str]] = field(default_factory=list)
    open: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    mute: int = 0
    kept: int = 0  # inside <template>: drawn by a script, with ids and headings of its own
    drawn_later: bool = False  # the phone's shell: its heading comes with what lies on the phone
    headings: list[list[int]] = field(
        default_factory=lambda: [[]]
    )  # levels in order: of the page, then of each template
    said: list[str] = field(default_factory=list)  # what the button or link that is open says so far

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_decl(self, decl: str) -> None:
        self.count["doctype"] += 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._nest(tag, attrs)
        if not self.kept and all(name != "svg" for name, _ in self.open):  # a drawing has a title of its own
            self._note(tag, given)
            if tag in ("input", "select", "textarea"):
                self._note_input(tag, given)
        if tag == "template" and not self.kept:
            self.headings.append([int((given.get("data-under") or "h1")[1:])])
        if tag in HEADINGS:
            self.headings[-1 if self.kept else 0].append(int(tag[1:]))
        self.words += [value for name in SPOKEN if (value := given.get(name))]
        if tag not in VOID:
            self.open.append((tag, given))
            self.mute += tag in SILENT or "number" in (given.get("class") or "").split()
            self.kept += tag == "template"
            if tag in ("a", "button"):
                self.said = [given.get("aria-label") or ""]
        elif tag == "img" and self.said:
            self.said.append(given.get("alt") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            self.faults.append(f"</{tag}> closes nothing")
            return
        if not self.open or self.open[-1][0] != tag:
            inner = self.open[-1][0] if self.open else "nothing"
            self.faults.append(f"</{tag}> stands where <{inner}> is open (line {self.getpos()[0]})")
            if all(name != tag for name, _ in self.open):
                return
        while self.open:
            name, given = self.open.pop()
            self.mute -= name in SILENT or "number" in (given.get("class") or "").split()
            self.kept -= name == "template"
            if name in ("a", "button") and not self.kept:
                if not "".join(self.said).strip() and not any(key.startswith("data-") for key in given):
                    self.faults.append(f"a <{name}> without words: {given}")
                self.said = []
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "title":
            self.title += data
        if self.said:
            self.said.append(data)
        if not self.mute and data.strip():
            self.words.append(data.strip())

    def _nest(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = [name for name, _ in self.open]
        twice = [name for name, times in Counter(name for name, _ in attrs).items() if times > 1]
        if twice:
            self.faults.append(f"<{tag}> says {', '.join(twice)} twice")
        if tag in BREAKS_P and "p" in around:
            self.faults.append(f"<{tag}> inside <p>: a browser ends the paragraph there")
        if tag in INSIDE and not self.kept and around and around[-1] not in INSIDE[tag]:
            self.faults.append(f"<{tag}> inside <{around[-1]}>")
        if tag == "form" and "form" in around:
            self.faults.append("a form inside a form: a browser leaves the inner one out")
        if tag in ("a", "button", "select", "textarea") and PRESSED & set(around) - {"label"}:
            self.faults.append(f"<{tag}> inside another thing that is pressed: {around}")

    def _note(self, tag: str, given: dict[str, str | None]) -> None:
        self.count[tag] += 1
        self.drawn_later |= "data-opening" in given
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.leads += [(one, f'{name}="{given[name]}"') for one in (given.get(name) or "").split()]
        if tag == "a" and (given.get("href") or "").startswith("#") and len(given["href"] or "") > 1:
            self.leads.append(((given["href"] or "")[1:], f'href="{given["href"]}"'))
        if tag == "label":
            self.labelled.add(given.get("for") or "")
        if tag == "img" and "alt" not in given:
            self.faults.append(f"a picture without alt: {given.get('src')}")
        if tag == "button" and given.get("type") not in ("submit", "button"):
            self.faults.append(f"a button without a type: {given}")
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self.forms.append(set())

    def _note_input(self, tag: str, given: dict[str, str | None]) -> None:
        around = {name for name, _ in self.open}
        if self.forms and "form" in around:
            self.forms[-1].add(given.get("name") or "")
        named = given.get("aria-label") or given.get("aria-labelledby") or "label" in around
        if given.get("type") not in ("hidden", "submit") and not named:
            self.unlabelled.append((given.get("id") or "", f"<{tag} name={given.get('name')}>"))


@cache
def proofread(markup: str, whole: bool) -> tuple[str, ...]:
    """Everything that is wrong with a page, or with a part of one (`whole` false), a sentence each; empty if nothing is."""
    page = Page()
    page.feed(markup)
    page.close()
    page.faults += [f"<{name}> is never closed" for name, _ in page.open]
    page.faults += [f"the id {name!r} is there {times} times" for name, times in page.ids.items() if times > 1]
    page.faults += [f"{what} has no label" for name, what in page.unlabelled if not name or name not in page.labelled]
    page.faults += [f"<h{level}> after <h{above}>: a level is left out" for above, level in _skipped(page.headings)]
    if whole:
        page.faults += _of_a_whole_page(page)
    return (*page.faults, *_of_words(page.words))


def _skipped(headings: list[list[int]]) -> list[tuple[int, int]]:
    """(level above, level) where a reader who goes from heading to heading is led past a level. What a script puts into the page stands
    under its one h1, unless its template says under what (`data-under`)."""
    pairs = [pair for levels in headings for pair in pairwise(levels)]
    return [(above, level) for above, level in pairs if level > above + 1]


def _of_a_whole_page(page: Page) -> list[str]:
    single = ("main", "title") if page.drawn_later else ("h1", "main", "title")
    wrong = [f"{times} × <{name}>, one is right" for name in single if (times := page.count[name]) != 1]
    if not page.count["doctype"]:
        wrong.append("no doctype")
    if not page.title.split("–")[0].strip():
        wrong.append(f"the title says nothing: {page.title!r}")
    wrong += [f"{what} leads to nothing" for name, what in page.leads if name not in page.ids]
    wrong += [f"a form that is posted without a token: {names}" for names in page.forms if "csrf_token" not in names]
    return wrong


def _of_words(words: list[str]) -> list[str]:
    wrong = []
    for text in words:
        if found := LEAKED.search(text):
            wrong.append(f"{found.group()!r} got to the reader: {text[:60]!r}")
        elif found := UNTRANSLATED.search(text):
            wrong.append(f"a key nobody translated, {found.group()!r}: {text[:60]!r}")
        elif (found := ENGLISH.search(text)) and not found.group().startswith(LATIN):
            wrong.append(f"the English word {found.group()!r} got to the reader: {text[:60]!r}")
    return wrong
