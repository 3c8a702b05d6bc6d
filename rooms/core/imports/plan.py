"""What an import would change, item by item, so that an organiser can agree to it."""

from enum import StrEnum

from msgspec import Struct

from rooms.core.files.faults import Fault

EXCERPT = 200


class Act(StrEnum):
    """MOVED: another time or hall. CANCELLED: no longer in the file; the session stays, with its questions. RESTORED: in the file again."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    REMOVED = "removed"


class Change(Struct, frozen=True):
    """One field in readable form: times in the zone of the conference, names instead of ids, long texts cut."""

    field: str
    before: str
    after: str


class Item(Struct, frozen=True):
    """The change of one track, hall, person or session. `key` is its identity in the file."""

    act: Act
    key: str
    name: str
    changes: tuple[Change, ...] = ()


class TablePlan(Struct, frozen=True):
    """What the rows of a table would change. `left_out` are rows that do not fit the conference, `warnings` what is ignored of the others."""

    items: tuple[Item, ...] = ()
    left_out: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.items

    def count(self, act: Act) -> int:
        return sum(item.act is act for item in self.items)
