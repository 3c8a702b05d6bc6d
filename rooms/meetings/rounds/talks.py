"""Opens the talks of a round."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rooms.core.commands.transaction import Transaction
from rooms.meetings.create import open_meeting
from rooms.meetings.rounds.pairing import Group
from rooms.meetings.rounds.tables import round_talks
from rooms.meetings.tables import calls


async def open_talks(tx: Transaction, row: Any, number: int, until: datetime, groups: Iterable[Group]) -> None:
    """Opens a call for each group. It ends with the talk, whatever the conference's usual length is."""
    for group in groups:
        meeting = await open_meeting(tx.connection, row.conference, None, group, tx.now)
        await tx.connection.execute(calls.insert().values(meeting=meeting, limit=len(group), ends_at=until))
        fixed = {"meeting": meeting, "round": row.id, "number": number, "since": tx.now, "gone": False}
        await tx.connection.execute(round_talks.insert(), [{**fixed, "person": person} for person in group])
