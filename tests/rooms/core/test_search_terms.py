"""Terms of full-text search."""

import pytest

from rooms.core.search_terms import WantedWord, terms, wanted


def test_words_are_folded() -> None:
    assert terms("Große WASSERSTOFF-Anlage, 3D") == ["grosse", "wasserstoff", "anlage", "3d"]


def test_text_without_spaces_becomes_pairs() -> None:
    assert terms("深圳光明 Lab") == ["深圳", "圳光", "光明", "明", "lab"]
    assert terms("ソーラー発電") == ["ソー", "ーラ", "ラー", "ー発", "発电", "电"]


@pytest.mark.parametrize(
    ("traditional", "simplified"), [("國際人才", "国际人才"), ("光電與醫療", "光电与医疗"), ("臺灣", "台湾")]
)
def test_traditional_is_simplified(traditional: str, simplified: str) -> None:
    assert terms(traditional) == terms(simplified)
    assert wanted(traditional) == wanted(simplified)


def test_what_is_searched() -> None:
    assert wanted("sol 太阳能 光") == [
        WantedWord(("sol",), prefix=True),
        WantedWord(("太阳", "阳能"), prefix=False),
        WantedWord(("光",), prefix=True),
    ]
    assert wanted("  …“”' & | :* ") == []
    assert len(wanted("a " * 100)) == 12
