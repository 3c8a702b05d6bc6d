#!/usr/bin/env python3
"""Keeps the catalogs in step with the texts of the program. English is the language of the source and needs no catalog.

    .venv/bin/python scripts/translate.py            puts new texts into every catalog, drops those that are gone
    .venv/bin/python scripts/translate.py --add fr   begins another language
    .venv/bin/python scripts/translate.py --check    fails when a text lacks its translation, or a placeholder is lost

Texts are marked alike everywhere: _("…"), ngettext("one", "many", n), and N_("…") for one that is translated later, in Python and
templates; t("…") and tn("one", "many", n) in the islands. Placeholders are %(name)s in all three.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "web" / "locale"
PYTHON_FOLDERS = ("rooms", "server", "signaling", "web")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
NOTE = "Translators:"
EXTENSIONS = "jinja2.ext.do,jinja2.ext.loopcontrols"  # as web/template_engine.py has them
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")

# Dates of the last run would be the only change in many a commit; the others would stay unfilled.
UNSTABLE_HEADERS = re.compile(
    rb'"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Project-Id-Version): '
    rb"[^\n]*\n"
)

STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)"""
JOINED = rf"{STRING}(?:\s*\+\s*{STRING})*"
ISLAND_CALL = re.compile(rf"(?<![\w.])(?:t\(\s*(?P<text>{JOINED})|tn\(\s*(?P<one>{JOINED})\s*,\s*(?P<many>{JOINED}))")

Text = str | tuple[str, str]


def texts_of_program() -> Catalog:
    catalog = Catalog(charset="utf-8")
    for path in sorted(_files()):
        for text, notes in _texts_of(path):
            # Without the number of the line: it would change with every edit above it.
            catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)], auto_comments=notes)
    return catalog


def _files() -> Iterator[Path]:
    for folder in PYTHON_FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if "node_modules" not in path.parts:
                yield path
    yield from (path for path in (ROOT / "web" / "templates").rglob("*") if path.is_file())
    for path in (ROOT / "web" / "islands" / "src").rglob("*.ts"):
        if not path.name.endswith(".test.ts"):
            yield path


def _texts_of(path: Path) -> Iterator[tuple[Text, list[str]]]:
    source = path.read_bytes()
    if path.suffix == ".ts":
        yield from ((text, []) for text in island_texts(source.decode()))
        return
    method: Any = "python" if path.suffix == ".py" else babel_extract
    options = {"encoding": "utf-8", "trimmed": "true", "silent": "false", "extensions": EXTENSIONS}
    for _, text, notes, _ in extract(method, io.BytesIO(source), KEYWORDS, [NOTE], options, strip_comment_tags=True):
        yield (text if isinstance(text, str) else (text[0], text[1])), notes


def island_texts(source: str) -> Iterator[Text]:
    """The texts in t("…") and tn("one", "many", n). Babel's own reader of JavaScript loses its way in nested html`…` templates."""
    for call in ISLAND_CALL.finditer(source):
        if call["text"]:
            yield _value(call["text"])
        else:
            yield _value(call["one"]), _value(call["many"])


ESCAPES = {"n": "\n", "t": "\t", "\n": ""}


def _value(literal: str) -> str:
    """The value of one or several joined string literals of JavaScript."""
    inner = "".join(part[1:-1] for part in re.findall(STRING, literal))
    return re.sub(
        r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|(.|\n))",
        lambda found: ESCAPES.get(found[3], found[3]) if found[3] else chr(int(found[1] or found[2], 16)),
        inner,
    )


def catalogs() -> Iterator[tuple[Path, Catalog]]:
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/plenary.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=path.parents[1].name, domain="plenary")


def update() -> None:
    texts = texts_of_program()
    for path, catalog in catalogs():
        catalog.update(texts, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        _write(path, catalog)


def add(language: str) -> None:
    path = LOCALES / language / "LC_MESSAGES" / "plenary.po"
    if path.exists():
        raise SystemExit(f"{path.relative_to(ROOT)} is there already.")
    path.parent.mkdir(parents=True)
    catalog = Catalog(locale=Locale.parse(language), domain="plenary", project="Plenary", fuzzy=False)
    catalog.header_comment = f"# Plenary in {Locale.parse(language).english_name}."
    _write(path, catalog)
    update()


def _write(path: Path, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, sort_by_file=False, omit_header=False, include_lineno=False)
    path.write_bytes(UNSTABLE_HEADERS.sub(b"", buffer.getvalue()))


def faults() -> Iterator[str]:
    """What keeps a catalog from being complete, one line each."""
    if not any(catalogs()):
        yield f"there is no catalog in {LOCALES.relative_to(ROOT)}"
    wanted = {message.id: message for message in texts_of_program() if message.id}
    for path, catalog in catalogs():
        language = path.parents[1].name
        have = {message.id: message for message in catalog if message.id}
        for text in wanted.keys() - have.keys():
            yield f"{language}: not in the catalog: {text!r}"
        for text in have.keys() - wanted.keys():
            yield f"{language}: no longer in the program: {text!r}"
        for text in wanted.keys() & have.keys():
            if fault := _fault(have[text]):
                yield f"{language}: {fault}: {text!r}"


def _fault(message: Message) -> str | None:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        return "not translated"
    if message.fuzzy:
        return "marked as doubtful (fuzzy)"
    # The many-form names every placeholder that any form may use.
    known = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[-1]))
    for form in forms:
        used = set(PLACEHOLDER.findall(form))
        if used - known:
            return f"has a placeholder that its original lacks ({', '.join(sorted(used - known))})"
        if known - used and isinstance(message.id, str):
            return f"has lost a placeholder ({', '.join(sorted(known - used))})"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description="Keeps the catalogs in step with the texts of the program.")
    parser.add_argument("--check", action="store_true", help="change nothing, and fail when a catalog is incomplete")
    parser.add_argument("--add", metavar="LANGUAGE", help="begin a catalog for this language, e.g. fr or zh_Hans")
    arguments = parser.parse_args()
    if arguments.check:
        if found := sorted(faults()):
            raise SystemExit(
                "\n".join([*found, f"{len(found)} faults; scripts/translate.py puts new texts into the catalogs."])
            )
    elif arguments.add:
        add(arguments.add)
    else:
        update()
        print("\n".join(sorted(faults())), file=sys.stderr)


if __name__ == "__main__":
    main()
