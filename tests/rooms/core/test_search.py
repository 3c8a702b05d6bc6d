"""Searching finds what people mean, and the same on the server as in the browser (web/islands/src/shell/state/fold.test.ts)."""

import json
from pathlib import Path

import pytest

from rooms.core.search import fold, search_words

CASES = json.loads((Path(__file__).parents[2] / "fixtures/folding.json").read_text())


@pytest.mark.parametrize(("text", "folded"), CASES)
def test_texts_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_a_search_is_split_into_folded_words() -> None:
    assert search_words("  Große  Fidêncio ") == ["grosse", "fidencio"]
    assert search_words("a b c", most=2) == ["a", "b"]
