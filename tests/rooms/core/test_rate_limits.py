"""Rate limits refuse with the time to wait, refill, and keep bounded memory."""

import pytest

from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate, RateLimits


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(limits: RateLimits, name: str, key: str, rate: Rate) -> float:
    with pytest.raises(Problem) as refusal:
        limits.take(name, key, rate)
    assert refusal.value.code == "rate_limited"
    assert refusal.value.retry_after is not None
    return refusal.value.retry_after


def test_a_burst_is_allowed_then_refused_until_a_token_is_back() -> None:
    clock = Seconds()
    limits = RateLimits(clock)
    rate = Rate(3, 60)
    for _ in range(3):
        limits.take("sign-in", "ada", rate)
    assert refused(limits, "sign-in", "ada", rate) == 20
    clock.now += 19
    assert refused(limits, "sign-in", "ada", rate) == 1
    clock.now += 1
    limits.take("sign-in", "ada", rate)
    assert refused(limits, "sign-in", "ada", rate) == 20


def test_a_refusal_takes_nothing_and_rest_refills_no_more_than_the_burst() -> None:
    clock = Seconds()
    limits = RateLimits(clock)
    rate = Rate(2, 10)
    limits.take("chat", "ada", rate)
    limits.take("chat", "ada", rate)
    for _ in range(50):
        refused(limits, "chat", "ada", rate)
    clock.now += 3600
    limits.take("chat", "ada", rate)
    limits.take("chat", "ada", rate)
    refused(limits, "chat", "ada", rate)


def test_names_and_keys_have_buckets_of_their_own() -> None:
    limits = RateLimits(Seconds())
    rate = Rate(1, 60)
    limits.take("chat", "ada", rate)
    refused(limits, "chat", "ada", rate)
    limits.take("chat", "grace", rate)
    limits.take("vote", "ada", rate)


def test_full_buckets_are_forgotten_and_memory_is_bounded() -> None:
    clock = Seconds()
    limits = RateLimits(clock, kept=100)
    for number in range(1000):
        limits.take("sign-in", f"address {number}", Rate(5, 60))
    assert len(limits) == 100
    clock.now += 3600
    for number in range(60):
        limits.take("sign-in", f"another {number}", Rate(5, 60))
    assert len(limits) == 60


def test_random_keys_displace_neither_another_name_nor_an_emptied_bucket() -> None:
    clock = Seconds()
    limits = RateLimits(clock, kept=1000)
    rate = Rate(50, 3600)
    for _ in range(50):
        limits.take("password.account", "ada", rate)
    for number in range(5000):
        clock.now += 1 / 2000
        limits.take("api", f"random token {number}", Rate(600, 60))
        limits.take("password.account", f"random account {number}", rate)
    assert refused(limits, "password.account", "ada", rate) > 0
    assert len(limits) <= 2010


def test_full_buckets_are_forgotten_behind_one_that_fills_slowly() -> None:
    clock = Seconds()
    limits = RateLimits(clock)
    limits.take("frame", "slow", Rate(1, 900))
    for number in range(5000):
        clock.now += 0.01
        limits.take("frame", str(number), Rate(120, 10))
    assert len(limits) < 100


def test_a_bucket_in_use_is_kept_until_it_is_full() -> None:
    clock = Seconds()
    limits = RateLimits(clock)
    rate = Rate(10, 10)
    for number in range(9):
        limits.take("chat", "ada", rate)
        clock.now += 0.5
        limits.take("chat", f"somebody {number}", rate)
    for _ in range(5):
        limits.take("chat", "ada", rate)
    assert refused(limits, "chat", "ada", rate) == 0.5
