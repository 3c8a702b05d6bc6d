"""Texts are found everywhere in the program, and incomplete catalogs are reported clearly."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small program with one text of each kind."""
    files = {
        "rooms/rules.py": 'message = N_("You may not.")\nshort = _("Hello, %(name)s")\n',
        "web/templates/page.html": '<h1>{{ _("Programme") }}</h1>{% do list.append(1) %}{{ ngettext("%(n)s vote", "%(n)s votes", n) }}\n',
        "web/islands/src/ask.ts": 'html`<p>${more ? html`<b>${t("Ask")}</b>` : tn("%(n)s left", "%(n)s are left", n)}</p>`;\n',
        "web/islands/src/ask.test.ts": 't("only a test");\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def _script(project: Path) -> dict[str, Any]:
    """scripts/translate.py, at work on `project`."""
    names = runpy.run_path(str(ROOT / "scripts" / "translate.py"))
    names["main"].__globals__.update(ROOT=project, LOCALES=project / "web" / "locale")
    return names["main"].__globals__


def test_texts_are_found_in_python_templates_and_islands(project: Path) -> None:
    found = {message.id for message in _script(project)["texts_of_program"]() if message.id}
    assert found == {
        "You may not.",
        "Hello, %(name)s",
        "Programme",
        ("%(n)s vote", "%(n)s votes"),
        "Ask",
        ("%(n)s left", "%(n)s are left"),
    }


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (r"""t("a \"quoted\" word")""", ['a "quoted" word']),
        (r"""t('one line\nand ' + "another", {name})""", ["one line\nand another"]),
        (r"""t("caf\u00e9 \u{1F44F}")""", ["café 👏"]),
        ("""at("no") + this.t("no") + _t("no")""", []),
        ("t(variable)", []),
        ("tn(\n  'one',\n  'many',\n  n,\n)", [("one", "many")]),
    ],
)
def test_string_literals_of_javascript_are_read_as_they_are_meant(source: str, texts: list[object]) -> None:
    assert list(runpy.run_path(str(ROOT / "scripts" / "translate.py"))["island_texts"](source)) == texts


def test_a_catalog_is_complete_when_every_text_has_its_translation(project: Path) -> None:
    script = _script(project)
    script["add"]("zh_Hans")
    assert len(list(script["faults"]())) == 6

    path = project / "web/locale/zh_Hans/LC_MESSAGES/plenary.po"
    text = path.read_text().replace('msgstr ""\n\n', 'msgstr "x"\n\n').replace('msgstr[0] ""', 'msgstr[0] "%(n)s x"')
    path.write_text(text)
    assert list(script["faults"]()) == ["zh_Hans: has lost a placeholder (%(name)s): 'Hello, %(name)s'"]

    path.write_text(path.read_text().replace('name)s"\nmsgstr "x"', 'name)s"\nmsgstr "%(name)s x"'))
    assert list(script["faults"]()) == []

    (project / "rooms/rules.py").write_text('short = _("Hello, %(name)s")\n')
    assert list(script["faults"]()) == ["zh_Hans: no longer in the program: 'You may not.'"]
    script["update"]()
    assert list(script["faults"]()) == []
    assert "POT-Creation-Date" not in path.read_text()


def test_islands_get_only_the_texts_that_they_name(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = _script(project)
    script["add"]("zh_Hans")
    path = project / "web/locale/zh_Hans/LC_MESSAGES/plenary.po"
    path.write_text(
        path.read_text()
        .replace('msgstr[0] ""', 'msgstr[0] "还剩 %(n)s"')
        .replace('"Ask"\nmsgstr ""', '"Ask"\nmsgstr "提问"')
    )

    hook = runpy.run_path(str(ROOT / "hatch_build.py"))["compile_catalogs"]
    built = project / "built"
    built.mkdir()
    hook.__globals__.update(LOCALES=project / "web" / "locale", BUILT=built)
    hook()
    assert json.loads((built / "locale-zh-Hans.json").read_text()) == {
        "language": "zh-Hans",
        "plural": "0",
        "messages": {"Ask": "提问", "%(n)s left": ["还剩 %(n)s"]},
    }
    assert path.with_suffix(".mo").exists()
