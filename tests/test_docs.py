"""The documents are held to the code: links lead somewhere, features name tests that exist, decisions are short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)\s#]+)")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_feature_names_tests_that_exist() -> None:
    rows = ROW.findall((ROOT / "docs" / "features.md").read_text())
    assert rows, "the table is empty"
    numbers = [int(number) for number, _, _ in rows]
    assert numbers == sorted(set(numbers)), "the rows stand in order, each once"
    for number, feature, tests in rows:
        for test in tests.split():
            path, _, name = test.partition("::")
            assert (ROOT / path).exists(), f"row {number} ({feature}): {path} is missing"
            if not name:  # a whole file is about it
                continue
            function = name.partition("[")[0]
            source = (ROOT / path).read_text()
            found = f"def {function}(" in source if path.endswith(".py") else function in source
            assert found, f"row {number} ({feature}): {path} has no {function}"
