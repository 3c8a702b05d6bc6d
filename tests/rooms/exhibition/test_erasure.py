"""One who is erased waits nowhere any more, and what he asked is gone."""

import pytest
import sqlalchemy as sa

from rooms.core.errors import Problem
from rooms.exhibition.booths import queries
from rooms.exhibition.imports.importing import EXHIBITORS
from rooms.exhibition.queue.messages import JoinQueue
from rooms.exhibition.requests.messages import AskContact, ContactKind
from rooms.exhibition.tables import booths, contacts
from rooms.people.erasure import erase, export
from rooms.programme.imports.uploads import find_upload, keep_upload
from rooms.programme.queries import conference
from tests.support.world import World


async def test_an_erased_visitor_leaves_the_queue_and_his_messages_are_blank(world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("other", JoinQueue(), room=world.stand)
    await world.do("attendee", AskContact(ContactKind.MESSAGE, "My number is 555"), room=world.stand)
    _, staff = await world.join("staff", room=world.stand)
    assert "555" in str(staff.joined)
    async with world.engine.database.read() as connection:
        kept = await export(connection, world.people["attendee"])
    assert [row["text"] for row in kept["booth_requests"]] == ["My number is 555"]
    assert [row["state"] for row in kept["queues"]] == ["waiting"]
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        here = await queries.places_under_way(connection, world.booth)
        texts = (await connection.execute(sa.select(contacts.c.text))).scalars().all()
        waiting = (await connection.execute(sa.select(booths.c.waiting).where(booths.c.id == world.booth))).scalar_one()
    assert [place.person_name for place in here] == ["Other"]
    assert texts == [""]
    assert waiting == 1
    _, staff = await world.join("staff", room=world.stand)
    assert "555" not in str(staff.joined)
    assert "Attendee" not in str(staff.joined["snapshot"]["desk"])


async def test_what_an_erased_organiser_has_uploaded_is_gone(world: World) -> None:
    person = world.people["organiser"]
    async with world.engine.database.read() as connection:
        here = await conference(connection, "forum")
    upload = await keep_upload(world.engine, EXHIBITORS, here, person, "list.csv", b"name,hall\nLumen,Hall 1\n")
    assert (await find_upload(world.engine, EXHIBITORS, here, person, upload)).name == "list.csv"
    await erase(world.engine, person)
    with pytest.raises(Problem) as caught:
        await find_upload(world.engine, EXHIBITORS, here, person, upload)
    assert caught.value.code == "not_found"
