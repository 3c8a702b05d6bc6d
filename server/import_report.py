"""Shows the changes or faults of an import as lines for a terminal."""

from collections.abc import Iterable
from typing import TextIO

from rooms.core.files.faults import Fault, FileFaults, Notes
from rooms.core.imports.plan import Act, Change, Item

SIGNS = {
    Act.ADDED: "+",
    Act.CHANGED: "~",
    Act.MOVED: ">",
    Act.CANCELLED: "-",
    Act.RESTORED: "+",
    Act.REMOVED: "-",
}


def item_lines(items: Iterable[Item], indent: str = "") -> list[str]:
    return [indent + line for item in items for line in _lines_of(item)]


def _lines_of(item: Item) -> list[str]:
    acted = f" ({item.act.value})" if item.act in (Act.MOVED, Act.CANCELLED, Act.RESTORED) else ""
    return [f"{SIGNS[item.act]} {item.name}{acted}", *(f"    {change_line(change)}" for change in item.changes)]


def change_line(change: Change) -> str:
    before, after = (" ".join(text.split()) for text in (change.before, change.after))
    return f"{change.field}: “{before}” → “{after}”"


def note_lines(notes: Notes, unfit: Iterable[Fault] = ()) -> list[str]:
    """What was left out, and what was decided; `unfit` are further rows that were left out."""
    lines = [f"Left out: {fault.text()}" for fault in (*notes.left_out, *unfit)]
    if notes.left_out_count > len(notes.left_out):
        lines.append(f"Left out: {notes.left_out_count - len(notes.left_out)} more.")
    lines += [f"Note: {fault.text()}" for fault in notes.warnings]
    if notes.warning_count > len(notes.warnings):
        lines.append(f"Note: {notes.warning_count - len(notes.warnings)} more.")
    return lines


def ending(counts: str, dry_run: bool) -> str:
    return f"{counts}." + (" This was a dry run; nothing was changed." if dry_run else " Done.")


def report_faults(faults: FileFaults, out: TextIO) -> None:
    print(faults, file=out)
    print(*(f"  {fault.text()}" for fault in faults.faults), sep="\n", file=out)
    if faults.count > len(faults.faults):
        print(f"  … and {faults.count - len(faults.faults)} more.", file=out)
