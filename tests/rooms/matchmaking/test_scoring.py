"""The score of two people is a sum of named parts, and each part above zero has its reason."""

from rooms.matchmaking.scoring import WEIGHTS, EntryFact, Facts, rarity, score, words_of


def entry(side: str, title: str, *sciences: str) -> EntryFact:
    return EntryFact("e", side, title, {}, frozenset(sciences), words_of(title))


def test_each_part_has_its_reason_and_the_sum_is_the_score() -> None:
    me = Facts(
        "a",
        "company",
        frozenset({"researcher"}),
        frozenset({"2.5", "1.3"}),
        frozenset({"en", "zh"}),
        "CN",
        frozenset({"ES"}),
        ("Pilot plant",),
        ("membranes for seawater",),
        (entry("request", "Partner for seawater electrolysis", "2.5"),),
        frozenset({9, 10}),
    )
    other = Facts(
        "b",
        "researcher",
        frozenset({"company"}),
        frozenset({"2.5"}),
        frozenset({"es", "en"}),
        "ES",
        frozenset({"CN"}),
        ("Seawater membranes",),
        ("a pilot plant",),
        (entry("offer", "Seawater electrolysis without fresh water", "2.5"),),
        frozenset({10, 11}),
    )
    found = score(me, other, {"2.5": 0.8})
    assert set(found.parts) == set(WEIGHTS) - {"subjects"}, "what they share is counted as an offer and a need"
    assert found.total == round(sum(WEIGHTS[part] * value for part, value in found.parts.items()), 4)
    assert found.parts["entries"] == 1.0
    assert found.parts["needs"] == 1.0, "word order and “for” do not matter"
    assert found.parts["sciences"] == 0.6
    assert found.parts["hours"] == 0.25
    assert [reason.part for reason in found.reasons[:2]] == ["entries", "needs"]
    assert (found.reasons[1].mine, found.reasons[1].theirs) == ("membranes for seawater", "Seawater membranes")


def test_no_language_or_hour_in_common_counts_against_a_meeting() -> None:
    me = Facts("a", languages=frozenset({"zh"}), hours=frozenset({1}), sciences=frozenset({"1.1"}))
    other = Facts("b", languages=frozenset({"en"}), hours=frozenset({2}), sciences=frozenset({"1.1"}))
    unknown = Facts("c", sciences=frozenset({"1.1"}))
    assert score(me, other, {}).parts["languages"] == -1
    assert score(me, other, {}).parts["hours"] == -1
    assert "languages" not in score(me, unknown, {}).parts
    assert score(me, unknown, {}).total > score(me, other, {}).total
    assert [each.part for each in score(me, other, {}).reasons] == ["sciences"], "what is missing is no reason to meet"


def test_two_offers_do_not_fit_each_other() -> None:
    a = Facts("a", entries=(entry("offer", "Solar cells", "2.5"),))
    b = Facts("b", entries=(entry("offer", "Solar cells", "2.5"),))
    assert score(a, b, {}).parts == {}


def test_the_same_subject_on_both_sides_is_a_reason() -> None:
    me, other = Facts("a", offers=("Perovskite cells",)), Facts("b", offers=("Research on perovskite",))
    assert score(me, other, {"perovskite": 0.9}).reasons[0].part == "subjects"
    common = score(me, Facts("b", offers=("Cells of wasps",)), {"cells": 0.1})
    assert common.parts == {}, "one common word is no reason"


def test_chinese_tags_fit_by_their_characters() -> None:
    me, other = Facts("a", needs=("海水电解膜",)), Facts("b", offers=("电解膜材料",))
    found = score(me, other, {})
    assert found.parts["needs"] > 0.4
    assert found.reasons[0].theirs == "电解膜材料"


def test_a_rare_field_counts_more_than_one_that_everybody_has() -> None:
    assert rarity(1, 100) > rarity(50, 100) > rarity(100, 100) > 0


def test_the_score_is_the_same_for_both_but_for_the_weights_of_needs_and_offers() -> None:
    me = Facts("a", "company", frozenset({"investor"}), frozenset({"1.1"}), home="CN")
    other = Facts("b", "investor", frozenset(), frozenset({"1.1"}), countries=frozenset({"CN"}))
    assert score(me, other, {}).total == score(other, me, {}).total
