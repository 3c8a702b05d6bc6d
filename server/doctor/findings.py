"""What a check has found."""

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """UNUSED: not set and not needed. ADVICE: works, but should be improved. MISSING: needed and absent. WRONG: present, but faulty."""

    OK = "ok"
    UNUSED = "-"
    ADVICE = "advice"
    MISSING = "missing"
    WRONG = "wrong"


class Finding(NamedTuple):
    """`remedy` says what to do about a verdict of ADVICE, MISSING or WRONG."""

    name: str
    verdict: Verdict
    text: str
    remedy: str = ""

    @property
    def needs_fixing(self) -> bool:
        return self.verdict in {Verdict.MISSING, Verdict.WRONG}

    def __str__(self) -> str:
        line = f"{self.verdict.value:<8}{self.name:<20}{self.text}"
        return f"{line}\n{'':<28}→ {self.remedy}" if self.remedy else line


def ok(name: str, text: str) -> Finding:
    return Finding(name, Verdict.OK, text)


def unused(name: str, text: str) -> Finding:
    return Finding(name, Verdict.UNUSED, text)


def advice(name: str, text: str, remedy: str) -> Finding:
    return Finding(name, Verdict.ADVICE, text, remedy)


def missing(name: str, text: str, remedy: str) -> Finding:
    return Finding(name, Verdict.MISSING, text, remedy)


def wrong(name: str, text: str, remedy: str) -> Finding:
    return Finding(name, Verdict.WRONG, text, remedy)
