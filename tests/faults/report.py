"""docs/reliability.md, written by the tests themselves: under scripts/soak, or where PLENARY_WRITE_FIGURES is 1, so that an ordinary run changes nothing."""

import os
import re
from pathlib import Path

from tests.faults.places import LONG

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
ROW = re.compile(r"^\| ([FS]\d+[a-z]?) \| ")


def note(fault: str, what: str, result: str) -> None:
    """One row of the table: the number of the fault or attack, what was done to whom, and what came of it."""
    if not LONG and os.environ.get("PLENARY_WRITE_FIGURES") != "1":
        return
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {match[1]: line for line in table.splitlines() if (match := ROW.match(line))}
    rows[fault] = f"| {fault} | {what} | {result} | {'long' if LONG else 'quick'} |"
    lines = [rows[name] for name in sorted(rows, key=_place)]
    head = "| | Fault | What came of it | Scale |\n|---|---|---|---|\n"
    DOCUMENT.write_text(f"{before}{BEGIN}\n{head}" + "\n".join(lines) + f"\n{END}{after}", "utf-8")


def _place(name: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"([FS])(\d+)([a-z]?)", name)
    assert found is not None, name
    return found[1], int(found[2]), found[3]
