"""What an exported cell loses nothing of, and what it can never be."""

import random

from rooms.core.csv_export import FORMULA, cell, without_guard

LETTERS = "=+-@＝'\" ;|\t\nab\u3000"


def test_a_guard_is_taken_off_exactly() -> None:
    chance = random.Random(7)
    for _ in range(20_000):
        text = "".join(chance.choice(LETTERS) for _ in range(chance.randint(0, 8))).strip()
        guarded = cell(text)
        assert not guarded.lstrip(" \u00a0\u3000").startswith(FORMULA), repr(text)
        assert without_guard(guarded) == text, repr(text)
