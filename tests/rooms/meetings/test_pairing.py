"""Pairing: nobody twice, nobody blocked, nobody left over in two rounds; shown for random crowds, and simulated with hundreds."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rooms.meetings.rounds.pairing import Groups, Pair, add_lone, pair_up


def pairs_of(groups: list[tuple[str, ...]]) -> set[Pair]:
    return {Pair(pair) for group in groups for pair in combinations(group, 2)}


def check(people: list[str], apart: set[Pair], made: Groups, most: int = 3) -> None:
    placed = [person for group in made.groups for person in group] + made.left
    assert sorted(placed) == sorted(people), "everyone is in one place"
    assert all(2 <= len(group) <= most for group in made.groups)
    assert not pairs_of(made.groups) & apart


crowds = st.integers(0, 14).flatmap(
    lambda size: st.tuples(
        st.just([f"p{number:02}" for number in range(size)]),
        st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1]), max_size=40),
        st.sets(st.integers(0, 13), max_size=3),
        st.integers(0, 3),
    )
)


@given(crowds, st.sampled_from([2, 3]))
def test_nobody_meets_somebody_from_whom_they_are_kept_apart(
    crowd: tuple[list[str], set[tuple[int, int]], set[int], int], most: int
) -> None:
    people, kept, rested, seed = crowd
    apart = {Pair((f"p{one:02}", f"p{other:02}")) for one, other in kept}
    first = {f"p{number:02}" for number in rested} & set(people)
    made = pair_up(people, apart=apart, first=first, most=most, seed=str(seed))
    check(people, apart, made, most)
    assert made == pair_up(reversed(people), apart=apart, first=first, most=most, seed=str(seed)), "deterministic"
    # Two people who are left over cannot meet each other.
    assert not pairs_of([tuple(made.left)]) - apart
    # Who was left over before is left over again only if everyone they can meet comes first, too.
    partners = {person: group for group in made.groups for person in group}
    for person in set(made.left) & first:
        for one, group in partners.items():
            if Pair((person, one)) not in apart and len(group) == 2:
                assert set(group) & first, f"{person} could have met {one}"


@given(st.integers(2, 40), st.integers(0, 3))
def test_without_obstacles_nobody_is_left_over(size: int, seed: int) -> None:
    people = [f"p{number}" for number in range(size)]
    made = pair_up(people, seed=str(seed))
    check(people, set(), made)
    assert made.left == []
    assert sum(len(group) == 3 for group in made.groups) == size % 2


def test_hundreds_of_people_over_many_rounds() -> None:
    """301 people, 12 rounds, people who come and go, and blocks: no pair twice, and nobody left over in two rounds in a row."""
    chance = random.Random(7)
    everyone = [f"p{number:03}" for number in range(301)]
    blocked = {Pair(chance.sample(everyone, 2)) for _ in range(300)}
    for most in (2, 3):
        met: set[Pair] = set()
        rested: set[str] = set()
        total = 0
        for number in range(12):
            present = [person for person in everyone if chance.random() < 0.95]
            made = pair_up(present, apart=met | blocked, first=rested, most=most, seed=f"s:{number}")
            check(present, met | blocked, made, most)
            assert not rested & set(made.left)
            assert len(made.left) <= (0 if most == 3 else len(present) % 2)
            rested = set(made.left)
            met |= pairs_of(made.groups)
            total += len(made.groups)
        assert total > 12 * 130


def test_a_small_crowd_meets_everyone_before_it_runs_out() -> None:
    people = [f"p{number}" for number in range(8)]
    met: set[Pair] = set()
    for number in range(5):
        made = pair_up(people, apart=met, most=2, seed=f"x:{number}")
        check(people, met, made, 2)
        assert made.left == []
        met |= pairs_of(made.groups)


def test_different_organisations_are_preferred() -> None:
    people = [f"p{number:03}" for number in range(200)]
    kinds = {person: f"org{number % 5}" for number, person in enumerate(people)}
    made = pair_up(people, kinds=kinds, seed="a")
    assert sum(kinds[one] == kinds[other] for one, other in made.groups) == 0
    alike = pair_up(people, kinds=dict.fromkeys(people, "one"), seed="a")
    assert alike.left == [], "a preference leaves nobody over"


def test_who_is_alone_joins_somebody_else_who_is_alone_or_a_pair() -> None:
    groups = [("a", "b"), ("c", "d", "e")]
    made, joined = add_lone(["x", "y"], groups)
    assert (made.groups, joined) == ([("x", "y")] if made.groups[0][0] == "x" else [("y", "x")], {})
    made, joined = add_lone(["x"], groups)
    assert (made.groups, joined) == ([], {"x": ("a", "b")})
    made, joined = add_lone(["x"], groups, apart={Pair("xa")})
    assert (made.left, joined) == (["x"], {}), "not with somebody they have met"
    made, joined = add_lone(["x"], groups, most=2)
    assert (made.left, joined) == (["x"], {})
