"""The proofreader of pages sees what it is there for."""

import pytest

from tests.proofreading import proofread

PAGE = (
    "<!doctype html><html><head><title>名单 – 隐患巡查</title></head><body><main><h1>名单</h1>{}</main></body></html>"
)
WRONG = {
    "<p>一<div>二</div></p>": "inside <p>",
    "<div><span>一</div>": "stands where",
    '<i id="a"></i><i id="a"></i>': "is there 2 times",
    "<h1>又一个</h1>": "2 × <h1>",
    '<input name="q">': "has no label",
    '<label for="nowhere">姓名</label>': "leads to nothing",
    '<a href="#nowhere">去看</a>': "leads to nothing",
    '<img src="a.png">': "without alt",
    "<button>办</button>": "without a type",
    '<button type="button"><span></span></button>': "without words",
    '<form method="post"><button type="submit">办</button></form>': "without a token",
    "<form><form></form></form>": "inside a form",
    '<a href="/">看<button type="button">办</button></a>': "that is pressed",
    '<p class="a" class="b">一</p>': "twice",
    "<p>电话 None</p>": "got to the reader",
    "<p>现在 awaiting_closure</p>": "nobody translated",
    '<p title="hazard.title">一</p>': "nobody translated",
    "<p>请 submit 这一页</p>": "English word",
    "<td>一</td>": "<td> inside",
    "<h3>一</h3>": "<h3> after <h1>",
    "<h2>一</h2><h4>二</h4>": "<h4> after <h2>",
    "<template><h3>一</h3></template>": "<h3> after <h1>",
}


@pytest.mark.parametrize("markup", WRONG)
def test_a_fault_is_seen_and_named(markup: str) -> None:
    found = proofread(PAGE.format(markup), True)
    assert any(WRONG[markup] in fault for fault in found), found


def test_a_sound_page_has_none() -> None:
    sound = '<form method="post"><input type="hidden" name="csrf_token" value="x"><label for="q">姓名</label><input id="q" name="q">'
    assert proofread(PAGE.format(sound + '<button type="submit">查找</button></form>'), True) == ()


def test_headings_go_down_one_by_one_and_up_at_will() -> None:
    steps = "<h2>一</h2><h3>二</h3><h2>三</h2><template><h2>四</h2></template><template data-under='h2'><h3>五</h3></template>"
    assert proofread(PAGE.format(steps), True) == ()


def test_a_part_of_a_page_needs_no_heading() -> None:
    assert proofread("<p>已经存好了。</p>", False) == ()
