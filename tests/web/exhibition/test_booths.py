"""The exhibition, as somebody without JavaScript walks through it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from rooms.core.commands.people import Role
from rooms.exhibition.booths import directory
from rooms.exhibition.booths.directory import PAGE, Wanted
from rooms.exhibition.booths.editing import hall_of, make_booth
from rooms.exhibition.booths.messages import BoothCard
from rooms.exhibition.queue.messages import CallNext
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

PATH = "/c/forum/exhibition"


@pytest.fixture
async def attendee(site: Site, world: World) -> AsyncIterator[Visitor]:
    made = await Visitor(site).sign_in(world.people["attendee"])
    yield made
    await made.http.aclose()


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


def names(page: str) -> list[str]:
    cards = re.findall(r'<li class="card card-link booth-card.*?</li>', page, re.DOTALL)
    return [re.sub("<.*?>", "", re.search(r"<h[23].*?</h[23]>", card, re.DOTALL)[0]).strip() for card in cards]


async def stand(world: World, name: str, **said: object) -> str:
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        tier = said.pop("tier", 3)
        booth, _ = await make_booth(connection, world.conference, hall, {"name": name, **said}, open=True, tier=tier)
    return booth


async def test_the_directory_is_searched_and_narrowed_down(world: World, visitor: Visitor) -> None:
    await stand(world, "Aurora", country="NO", field="Health", languages=["no"], tagline="Sleep well")
    await stand(
        world, "Helios", country="SE", field="Energy", languages=["sv", "en"], texts={"zh_Hans": {"name": "太阳"}}
    )
    await visitor.get(PATH)
    assert sorted(names(visitor.page)) == ["Aurora", "Helios", "Lumen"]
    for asked, found in (
        ({"words": "sleep"}, ["Aurora"]),
        ({"words": "太阳"}, ["Helios"]),
        ({"words": "100%"}, []),
        ({"country": "SE"}, ["Helios", "Lumen"]),
        ({"country": "SE", "language": "sv"}, ["Helios"]),
        ({"field": "Health"}, ["Aurora"]),
        ({"staffed": "1"}, []),
    ):
        await visitor.get(PATH, params=asked)
        assert sorted(names(visitor.page)) == found, asked


async def test_every_booth_is_on_one_page_and_partners_come_first(world: World) -> None:
    made = [await stand(world, f"Booth {number}", tier=1 + number % 3) for number in range(2 * PAGE)]
    async with world.engine.database.read() as connection:
        now = world.clock()

        async def order(hours: int) -> list[BoothCard]:
            at = now + timedelta(hours=hours)
            pages = [await directory.page(connection, world.conference, Wanted(), n, at) for n in range(3)]
            return [each.card for page in pages for each in page]

        first, later = await order(0), await order(1)
    assert sorted(card.id for card in first) == sorted([*made, world.booth])
    assert [card.tier for card in first] == sorted(card.tier for card in first)
    assert [card.tier for card in later] == [card.tier for card in first]
    assert first != later, "inside a tier nobody is always last"


async def test_a_booth_is_written_approved_and_only_then_seen(site: Site, world: World, visitor: Visitor) -> None:
    organiser = await person(site, world, "organiser")
    await organiser.get(PATH)
    form = {"name": "Terra", "hall": "Hall 2", "number": "B7", "tier": "2", "email": "other@example.org", "key": "k1"}
    answer = await organiser.post(f"{PATH}/booths", form, follow=False)
    edit = answer.headers["location"]
    page = edit.removesuffix("/edit")
    assert (await visitor.get(page)).status_code == 404
    owner = await person(site, world, "other")
    await owner.get(edit)
    room = re.search(r"plenary-chat room=\"(\w{20})\"", (await owner.get(page)).text)[1]
    written = {
        "name": "Terra",
        "about": "<b>Soil</b> <img src=x onerror=alert(1)>",
        "country": "se",
        "languages": "en, zh",
        "zh_Hans-name": "大地",
    }
    await owner.get(edit)
    answer = await owner.post(edit, {**written, "tagline": "", "website": "", "field": "", "key": "k2"}, follow=False)
    assert answer.status_code == 303
    assert "&lt;b&gt;Soil" in (await owner.get(edit)).text
    refused = await owner.post(edit, {**written, "website": "javascript:alert(1)", "key": "k3"})
    assert refused.status_code == 422
    await owner.get(edit)
    assert (await owner.post("/do/booth.approve", {"room": room, "key": "k4", "next": page})).status_code == 403
    await owner.get(edit)
    await owner.post("/do/booth.submit", {"room": room, "key": "k5", "next": page})
    await organiser.get(PATH)
    assert "Asks for approval" in organiser.page
    await organiser.post("/do/booth.approve", {"room": room, "key": "k6", "next": page})
    answer = await visitor.get(page)
    assert answer.status_code == 200
    assert "<p><b>Soil</b> </p>" in answer.text
    assert "onerror" not in answer.text
    assert (await visitor.get(edit)).status_code == 401


async def test_one_queues_and_is_called_by_forms_alone(site: Site, world: World, attendee: Visitor) -> None:
    path = f"{PATH}/{world.booth}"
    await attendee.get(path)
    assert "Nobody is at the booth at the moment." in attendee.page
    await attendee.post("/do/queue.join", {"room": world.stand, "key": "k1", "next": path})
    await attendee.get(path)
    assert "0 people before you" in attendee.page
    await world.do("staff", CallNext(), room=world.stand)
    await attendee.get(path)
    assert "It is your turn." in attendee.page
    await attendee.post("/do/queue.accept", {"room": world.stand, "key": "k2", "next": path})
    await attendee.get(path)
    meeting = re.search(r'href="(/c/forum/meetings/\w{20})', attendee.page)[1]
    assert (await attendee.get(meeting)).status_code == 200
    other = await person(site, world, "organiser")
    assert (await other.get(meeting)).status_code == 404, "not even organisers were invited"


async def test_a_role_of_a_booth_cannot_be_granted_in_a_conference(world: World) -> None:
    """Even a row that should not be there makes nobody the owner of every booth."""
    await world.person("planted", held=[(Role.OWNER, "")])
    actor = await world.engine.actor(world.people["planted"], world.stand)
    assert actor.roles == {Role.ATTENDEE}
    assert Role.OWNER in (await world.engine.actor(world.people["owner"], world.stand)).roles


@pytest.mark.parametrize("end", ["/" + "a" * 20, "/halls/" + "a" * 20, "/%00", "/x/edit"])
async def test_a_guessed_address_is_absent(visitor: Visitor, end: str) -> None:
    assert (await visitor.get(PATH + end)).status_code == 404


async def test_two_hundred_booths_at_once_in_the_readers_language(site: Site, world: World, visitor: Visitor) -> None:
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Great Hall", {"zh_Hans": {"name": "大厅"}})
        for number in range(200):
            said = {"name": f"Stand {number}", "texts": {"zh_Hans": {"name": f"展位{number}"}}}
            booth, _ = await make_booth(connection, world.conference, hall, said, open=True, number=f"{number:03}")
    await visitor.get(f"{PATH}/halls/{hall}")
    assert len(names(visitor.page)) == 200
    reader = Visitor(site, language="zh-CN")
    await reader.get(PATH)
    assert "大厅" in reader.page
    await reader.get(PATH, params={"words": "展位199"})
    assert names(reader.page) == ["展位199"]
    await reader.get(f"{PATH}/{booth}")
    assert re.search(f'halls/{hall}" dir="auto">大厅</a>\xa0·\xa0<span class="no-break">199<', reader.page), (
        "a booth names its place"
    )
    await reader.http.aclose()


async def test_at_an_empty_booth_one_is_asked_for_a_message_first(site: Site, world: World, attendee: Visitor) -> None:
    path = f"{PATH}/{world.booth}"
    await attendee.get(path)
    queue = attendee.page[attendee.page.index("<plenary-queue") : attendee.page.index("</plenary-queue>")]
    assert "Nobody is at the booth at the moment." in queue
    assert queue.index("#booth-contact") < queue.index("/do/queue.join")
    assert "we notify you when someone comes" in queue
    await attendee.post("/do/queue.join", {"room": world.stand, "next": path, "key": "k1"})
    queue = attendee.page[attendee.page.index("<plenary-queue") : attendee.page.index("</plenary-queue>")]
    assert "any moment now" not in queue
    assert "We notify you when someone comes and calls you." in queue


async def test_a_guests_contact_asks_for_an_address(site: Site, world: World, attendee: Visitor) -> None:
    path = f"{PATH}/{world.booth}"
    guest = await person(site, world, "guest")
    await guest.get(path)
    form = re.search(r'action="/do/lead.share".*?</form>', guest.page, re.DOTALL)
    assert form is not None
    assert re.search(r'name="email" type="email"[^>]* required', form[0])
    await attendee.get(path)
    assert 'name="email"' not in attendee.page, "theirs is known"
