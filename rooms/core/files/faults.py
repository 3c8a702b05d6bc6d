"""What is wrong with an imported file: what refuses it, which rows are left out, and what the import decided by itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from rooms.core.errors import Problem

SHOWN_FAULTS = 200
"""How many faults a report lists. Of the others only the number is shown."""


class Fault(msgspec.Struct, frozen=True):
    """One fault: `where` it is, `what` is wrong and how to correct it. The last two are translatable and filled in with `values`."""

    where: str
    what: str
    remedy: str
    values: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])

    def text(self, translate: Callable[[str], str] = str) -> str:
        sentences = f"{translate(self.what) % self.values} {translate(self.remedy) % self.values}".strip()
        return f"{self.where}: {sentences}" if self.where else sentences


class FileFaults(Problem):
    """A file that cannot be imported. `faults` holds the first 200 in the order of the file, `count` is the number of all."""

    summary: ClassVar[str]

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = tuple(faults)
        super().__init__("invalid", self.summary, field="file", values={"count": len(found)})
        self.count = len(found)
        self.faults = found[:SHOWN_FAULTS]


class Notes(msgspec.Struct, frozen=True):
    """What an organiser is shown beside the plan of an import: rows that were left out, and what was decided or ignored.

    The counts include the notes that are not listed.
    """

    left_out: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    left_out_count: int = 0
    warning_count: int = 0


@dataclass(slots=True)
class FaultReport:
    """Collects what the reading of one file finds. `faults` refuse the whole file."""

    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])

    def of_row(self) -> "FaultReport":
        """A report on one row: its faults leave out the row alone (see `leave_out`), its warnings join those of the file."""
        return FaultReport(warnings=self.warnings)

    def leave_out(self, row: "FaultReport") -> bool:
        """Whether the row has faults. They are noted."""
        self.left_out += row.faults
        return bool(row.faults)

    @property
    def notes(self) -> Notes:
        left_out, warnings = tuple(self.left_out), tuple(self.warnings)
        return Notes(left_out[:SHOWN_FAULTS], warnings[:SHOWN_FAULTS], len(left_out), len(warnings))
