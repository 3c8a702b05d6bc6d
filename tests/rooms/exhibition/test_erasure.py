"""An erased person waits nowhere any more, and what they asked and noted is gone."""

import msgspec
import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.imports.tables import uploads
from rooms.core.imports.uploads import find_upload, forget_old, keep_upload
from rooms.core.personal_data import NOBODY
from rooms.core.store.journal import journal
from rooms.exhibition.applications.messages import Applied, ApplyToExhibit, DeclineApplication
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import DeclineBooth, DraftBooth, SubmitBooth
from rooms.exhibition.imports.importing import EXHIBITORS
from rooms.exhibition.leads.messages import AskLead, NoteLead, Purpose, ShareLead
from rooms.exhibition.leads.tables import lead_notes, leads
from rooms.exhibition.queue.messages import JoinQueue
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.exhibition.requests.messages import AskContact, ContactAsked, ContactKind, TakeContact
from rooms.exhibition.tables import booths, contacts
from rooms.people.erasure import erase, export
from rooms.people.tables import notices
from rooms.programme.queries import conference
from tests.support.refusals import refused
from tests.support.world import World


async def test_an_erased_visitor_leaves_the_queue_and_their_messages_are_blank(world: World) -> None:
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


async def test_the_name_of_an_erased_member_of_the_staff_is_not_left_in_notices_of_others(each_world: World) -> None:
    world = each_world
    asked = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
    contact = msgspec.json.decode(asked.reply, type=ContactAsked).contact
    await world.do("staff", TakeContact(contact), room=world.stand)
    _, desk = await world.join("attendee", room=await world.desk("attendee"))
    assert "Staff" in str(desk.joined), "premise"
    await erase(world.engine, world.people["staff"])
    async with world.engine.database.read() as connection:
        left = list((await connection.execute(sa.select(notices.c["values"]))).scalars())
        payloads = list((await connection.execute(sa.select(journal.c.payload))).scalars())
    assert left == [{"booth": "Lumen", "name": NOBODY}]
    assert not [payload for payload in payloads if b'"Staff"' in payload]
    _, desk = await world.join("attendee", room=await world.desk("attendee"))
    assert "Staff" not in str(desk.joined)


async def test_notices_of_an_earlier_version_are_found_by_the_name(each_world: World) -> None:
    world = each_world
    old = {"id": new_id(), "person": world.people["attendee"], "kind": "contact", "href": "", "at": world.clock()}
    async with world.engine.database.write() as connection:
        named = {**old, "values": {"booth": "Lumen", "name": "Staff"}}
        await connection.execute(notices.insert(), [named, {**named, "id": new_id(), "values": {"booth": "Staff"}}])
    await erase(world.engine, world.people["staff"])
    async with world.engine.database.read() as connection:
        left = list((await connection.execute(sa.select(notices.c["values"]))).scalars())
    assert {"booth": "Lumen", "name": NOBODY} in left
    assert {"booth": "Staff"} in left


async def test_an_erased_note_is_not_left_in_the_text_by_which_leads_are_found(each_world: World) -> None:
    world = each_world
    await world.do("attendee", ShareLead(Purpose.FOLLOW_UP), room=world.stand)
    async with world.engine.database.read() as connection:
        lead = (await connection.execute(sa.select(leads.c.id))).scalar_one()
    await world.do("staff", NoteLead(lead, "Zanzibar secret"), room=world.stand)
    await world.do("owner", NoteLead(lead, "Kept by the owner"), room=world.stand)
    await erase(world.engine, world.people["staff"])
    async with world.engine.database.read() as connection:
        notes = (await connection.execute(sa.select(lead_notes.c.text))).scalars().all()
        searched = (await connection.execute(sa.select(leads.c.searched))).scalar_one()
    assert notes == ["Kept by the owner"]
    assert "zanzibar" not in searched
    assert "kept by the owner" in searched


async def test_why_an_erased_organiser_declined_is_gone(each_world: World) -> None:
    world = each_world
    await world.do("owner", DraftBooth("Lumen AB"), room=world.stand)
    await world.do("owner", SubmitBooth(), room=world.stand)
    await world.do("organiser", DeclineBooth("Too short"), room=world.stand)
    applied = await world.do("other", ApplyToExhibit("Aurora"), room=world.lobby)
    application = msgspec.json.decode(applied.reply, type=Applied).application
    await world.do("organiser", DeclineApplication(application, "The halls are full"), room=world.lobby)

    async def reasons() -> list[str]:
        async with world.engine.database.read() as connection:
            note = await connection.execute(sa.select(booths.c.note).where(booths.c.id == world.booth))
            reason = await connection.execute(sa.select(exhibitor_applications.c.reason))
            return [note.scalar_one(), reason.scalar_one()]

    assert await reasons() == ["Too short", "The halls are full"]
    await erase(world.engine, world.people["organiser"])
    assert await reasons() == ["", ""]


async def test_uploads_of_others_that_name_an_erased_person_are_gone(world: World) -> None:
    async with world.engine.database.read() as connection:
        here = await conference(connection, "forum")
    lists = {"admin": "attendee@example.org", "colleague": "other@example.org"}
    for who, owner in lists.items():
        sheet = f"name,hall,owner\nZenit,Hall 1,{owner}\n".encode()
        await keep_upload(world.engine, EXHIBITORS, here, world.people[who], "list.csv", sheet)
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(uploads.c.person))).scalars().all() == [world.people["colleague"]]
    world.clock.advance(days=2)
    await forget_old(world.engine)
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(uploads.c.person))).scalars().all() == []


async def test_the_staff_ask_nothing_of_an_erased_visitor(each_world: World) -> None:
    world = each_world
    asked = await world.do("attendee", AskContact(ContactKind.CONTACT, "Call me"), room=world.stand)
    contact = msgspec.json.decode(asked.reply, type=ContactAsked).contact
    await world.do("attendee", PostMessage("Hello"), room=world.stand)
    await erase(world.engine, world.people["attendee"])
    for command in (TakeContact(contact), AskLead(world.people["attendee"])):
        with refused("not_found"):
            await world.do("staff", command, room=world.stand)
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(notices.c.id))).all() == []
        assert (await connection.execute(sa.select(leads.c.id))).all() == []
