"""The documents agree with the code: links and paths exist, features and findings name tests that exist, decisions have numbers of their own."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    [
        ROOT / "README.md",
        ROOT / "server" / "protocol" / "prose.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "web" / "islands" / "src").rglob("*.md"),
        *(ROOT / "tests" / "fixtures").rglob("*.md"),
    ]
)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)\s#]+)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*<>-]+(/[\w.*<>-]+)*/?")
SOURCES = (".c", ".css", ".html", ".py", ".ts")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
FINDING = re.compile(r"^\| ((\w+)-[\w-]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
NAMES = {path.name for path in ROOT.glob("*.py")} | {
    path.name
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix in SOURCES and "node_modules" not in path.parts
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _absent(document: Path, text: str) -> list[str]:
    """The paths in backticks that lead nowhere, from the project's folder or the document's. `<name>` and `*` match anything.

    A bare name, such as `queries.py`, must be that of some source file.
    """
    absent: list[str] = []
    for code in CODE.findall(FENCE.sub("", text)):
        if not PATH.fullmatch(code):
            continue
        if "/" not in code.rstrip("/"):
            if code.endswith(SOURCES) and not re.search(r"[*<]", code) and code not in NAMES:
                absent.append(code)
        elif code.partition("/")[0] in FOLDERS or code.endswith(SOURCES):
            pattern = re.sub(r"<[^>]+>", "*", code)
            if not any(any(folder.glob(pattern)) for folder in (ROOT, document.parent, document.parent.parent)):
                absent.append(code)
    return absent


def _missing(tests: str) -> list[str]:
    """Those of the named tests and decisions that do not exist."""
    missing: list[str] = []
    for test in tests.replace("`", "").split():
        path, _, name = test.partition("::")
        if not (ROOT / path).exists():
            missing.append(test)
        elif name:  # otherwise the whole file is about it
            function = name.partition("[")[0]
            source = (ROOT / path).read_text()
            if (f"def {function}(" if path.endswith(".py") else function) not in source:
                missing.append(test)
    return missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        # The prose of the protocol becomes docs/protocol.md.
        folder = ROOT / "docs" if document.name == "prose.md" else document.parent
        assert (folder / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_paths_in_prose_exist(document: Path) -> None:
    assert _absent(document, document.read_text()) == []


def test_a_path_that_leads_nowhere_is_found() -> None:
    text = "`rooms/core/` `web/pages/<slice>/` `queries.py` `POST /do` `rooms/gone.py` `web/<slice>/gone/` `gone.py`\n```\nrooms/x.py `a.py`\n```\n"
    assert _absent(ROOT / "README.md", text) == ["rooms/gone.py", "web/<slice>/gone/", "gone.py"]


def test_code_names_documents_that_exist() -> None:
    named = {
        (_name(path), document)
        for folder in sorted(FOLDERS)
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and (path.suffix in SOURCES or folder == "scripts") and "node_modules" not in path.parts
        for document in re.findall(r"docs/[\w/-]+\.md", path.read_text(errors="ignore"))
    }
    assert len(named) > 10
    assert sorted((path, document) for path, document in named if not (ROOT / document).exists()) == []


def test_every_feature_names_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "features.md").read_text())
    assert rows, "the table is empty"
    numbers = [int(number) for number, _, _ in rows]
    assert numbers == sorted(set(numbers)), "the rows are in order, each once"
    assert {number: missing for number, _, tests in rows if (missing := _missing(tests))} == {}


def test_every_finding_has_one_row_in_its_section_and_names_what_closed_it() -> None:
    sections = re.split(r"^## (\w+)\.md$", (ROOT / "docs" / "findings.md").read_text(), flags=re.MULTILINE)
    names, texts = sections[1::2], sections[2::2]
    assert names == sorted(set(names))
    rows = [(name, *row) for name, text in zip(names, texts, strict=True) for row in FINDING.findall(text)]
    assert len(rows) > 100
    assert [key for key, count in Counter(row[1] for row in rows).items() if count > 1] == []
    assert [key for name, key, prefix, _, _ in rows if prefix != name] == []
    assert {key: missing for _, key, _, _, tests in rows if (missing := _missing(tests))} == {}


def test_decisions_have_numbers_of_their_own() -> None:
    names = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert [number for number, count in Counter(name[:4] for name in names).items() if count > 1] == []
