"""How much is tried: little where every change is tested, much by scripts/soak, which sets PLENARY_FUZZ_EXAMPLES."""

import os

from hypothesis import HealthCheck, settings


def examples(few: int) -> int:
    """`few` examples, or as many times more as PLENARY_FUZZ_EXAMPLES (of a hundred) asks for."""
    return max(few, few * int(os.environ.get("PLENARY_FUZZ_EXAMPLES", "0")) // 100)


def budget(few: int, **more: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(max_examples=examples(few), deadline=None, suppress_health_check=checks, print_blob=True, **more)
