"""Applications to exhibit, on both databases: from the wish to a booth with its owner."""

import msgspec

from rooms.core.store.journal import room_of
from rooms.exhibition.applications import actions as applying
from rooms.exhibition.applications.messages import AcceptApplication, Applied, ApplyToExhibit, DeclineApplication
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import ApproveBooth, BoothCreated
from rooms.exhibition.record_tables import exhibitor_applications
from tests.support.world import World


async def test_an_accepted_application_becomes_a_booth(each_world: World) -> None:
    world = each_world
    wish = ApplyToExhibit("Aurora", "Sleep well", languages=["no"], country="NO", hall="Hall 2", remark="By the door")
    ids: list[str] = []
    for who in ("attendee", "other"):
        done = await world.do(who, wish, room=world.lobby)
        ids.append(msgspec.json.decode(done.reply, type=Applied).application)
        world.clock.advance(seconds=1)
    await world.do("organiser", DeclineApplication(ids[1], "One is enough"), room=world.lobby)
    accepted = await world.do("organiser", AcceptApplication(ids[0], "Hall 2", "B7"), room=world.lobby, engine=1)
    booth = msgspec.json.decode(accepted.reply, type=BoothCreated).booth
    here = exhibitor_applications.c.conference == world.conference
    async with world.engine.database.read() as connection:
        found = await applying.applications(connection, here)
        room = await room_of(connection, "booth", booth)
    assert [(each.person.name, each.state.value, each.reason) for each in found] == [
        ("Other", "declined", "One is enough"),
        ("Attendee", "accepted", ""),
    ]
    await world.do("organiser", ApproveBooth(), room=room)
    async with world.engine.database.read() as connection:
        row = await queries.booth_row(connection, booth)
    assert (row.open, row.tagline, row.country, row.languages) == (True, "Sleep well", "NO", ["no"])
