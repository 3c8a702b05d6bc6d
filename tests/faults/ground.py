"""A conference with one session and any number of people who are signed in, written straight into a database."""

from dataclasses import dataclass
from datetime import timedelta

import rooms.slices
from rooms.core.clock import Clock, system_clock
from rooms.core.commands.people import Role
from rooms.core.ids import new_id
from rooms.core.store.database import Database
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences, persons
from rooms.migrations import upgrade
from rooms.people import roles
from rooms.people.tables import signins
from rooms.programme.actions import create_conference, create_session
from tests.support.world import SECRET


@dataclass
class Ground:
    """`people` are attendees, `signins` theirs in the same order; `moderator` (a person and their sign-in) moderates the session. Tickets are made as
    the server makes them: from its secret and its clock."""

    url: str
    lobby: str
    room: str
    people: list[str]
    signins: list[str]
    secret: bytes = SECRET
    clock: Clock = system_clock

    def ticket(self, number: int) -> str:
        from rooms.people.tickets import issue_ticket

        return issue_ticket(self, self.signins[number])  # type: ignore[arg-type] - only its secret and its clock are asked for


async def lay(url: str, people: int) -> Ground:
    """Number 0 of the people moderates the session, the others attend it."""
    database = Database(url)
    await upgrade(database)
    now = system_clock()
    async with database.write(300) as connection:
        days = {"starts_on": now.date(), "ends_on": now.date(), "now": now}
        conference, lobby = await create_conference(connection, slug=new_id(), title="Faults", zone="UTC", **days)
        times = {"starts_at": now, "ends_at": now + timedelta(hours=1), "now": now}
        session, room = await create_session(connection, conference, title="Session", **times)
        await connection.execute(conferences.update().values(guests=True))
        ids = [new_id() for _ in range(people)]
        account = {"kind": "registered", "verified_at": now, "admin": False, "listed": False, "created_at": now}
        await connection.execute(
            persons.insert(),
            [
                {"id": id, "name": f"Person {n}", "email": f"{id}@example.org", "calendar_key": new_id(), **account}
                for n, id in enumerate(ids)
            ],
        )
        desk = {"kind": "desk", "conference": None, "seq": 0, "values_version": 0, "floor": 0}
        await connection.execute(
            rooms.insert(), [{"id": new_id(), "subject": id, "epoch": new_id(), **desk} for id in ids]
        )
        lasts = {"created_at": now, "expires_at": now + timedelta(days=1), "device": "a test"}
        rows = [{"id": new_id(), "person": id, **lasts} for id in ids]
        await connection.execute(signins.insert(), rows)
        granted = {"conference": conference, "session": session, "role": Role.MODERATOR, "by": None, "at": now}
        await roles.grant(connection, person=ids[0], **granted)
    await database.close()
    return Ground(url, lobby, room, ids, [row["id"] for row in rows])
