"""The field's modules in two files: complete, in order, and refused where the house style is left."""

from pathlib import Path

import pytest

from inspect_app.web.delivery.bundle import CannotBundle, bundles, whole

STATIC = Path(__file__).parents[2] / "static"
TRIAL_ONLY = {"js/field/trial.js"}  # a page of the desk's, served as it is


def test_every_module_of_the_field_is_in_one_of_the_files_and_in_one_only() -> None:
    made = bundles(STATIC, "js/field.js")
    there = {path.relative_to(STATIC).as_posix() for path in (STATIC / "js" / "field").rglob("*.js")} - TRIAL_ONLY
    for module in there | {"js/field.js"}:
        assert sum(f'modules["{module}"] = ' in script for script in made.values()) == 1, module


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.js": 'import { b } from "./b.js";\n', "b.js": 'import * as a from "./a.js";\n'}, "circle"),
        ({"a.js": "export default 1;\n"}, "export default"),
        ({"a.js": "export let count = 0;\n"}, "export let"),
        ({"a.js": 'export const one = words("x"), two = 2;\n'}, "one export on a line"),
        ({"a.js": "export const one = 1,\n  two = 2;\n"}, "one export on a line"),
        ({"a.js": 'import { b } from "elsewhere";\n'}, "import"),
        ({"a.js": 'import b from "./b.js";\n', "b.js": ""}, "import b"),
    ],
)
def test_what_one_file_cannot_say_is_refused_at_start(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(CannotBundle, match=said):
        bundles(tmp_path, "a.js")


def test_what_is_needed_later_comes_in_a_file_of_its_own_without_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { one } from "./one.js";\nexport const later = () => import("./b.js");\n')
    (tmp_path / "b.js").write_text(
        'import { one } from "./one.js";\nimport {\n  two,\n} from "./two.js";\nexport {\n  one,\n  two,\n};\n'
    )
    (tmp_path / "one.js").write_text("export const one = 1;\n")
    (tmp_path / "two.js").write_text("// a comment\nexport const two = 2;\n")
    made = bundles(tmp_path, "a.js")
    assert set(made) == {"a.bundle.js", "b.bundle.js"}
    assert 'modules["one.js"] = ' not in made["b.bundle.js"]
    assert 'modules["two.js"] = ' not in made["a.bundle.js"]
    assert 'import("./b.bundle.js").then(() => modules["b.js"])' in made["a.bundle.js"]
    assert "comment" not in made["b.bundle.js"]


def test_what_two_parts_need_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('export const later = () => [import("./b.js"), import("./c.js")];\n')
    for name in ("b", "c"):
        (tmp_path / f"{name}.js").write_text('import { one } from "./one.js";\nexport const it = one;\n')
    (tmp_path / "one.js").write_text("export const one = 1;\n")
    made = bundles(tmp_path, "a.js")
    assert [name for name, script in made.items() if 'modules["one.js"] = ' in script] == ["a.bundle.js"]


def test_one_file_holds_also_what_would_be_fetched_when_needed(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nb().catch(console.error);\n')
    (tmp_path / "b.js").write_text('export const b = () => import("./c.js");\n')
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    made = whole(tmp_path, "a.js")
    assert 'Promise.resolve(modules["c.js"])' in made
    assert made.index('modules["c.js"] = ') < made.index('modules["a.js"] = ')
    assert "import(" not in whole(STATIC, "js/portal.js")
