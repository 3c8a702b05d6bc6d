"""The pages of contacts without JavaScript: cards, requests, codes, files and profile pages."""

import re
import uuid

from rooms.chat.messages import PostMessage
from rooms.contacts.messages import CardField, EditCard, ProfileAudience
from rooms.people.messages import BlockPerson
from tests.support.bookings import open_times
from tests.support.contacts import CARD, ask, connect, edit_card
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

CODE = "/c/forum/contact-code"


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


def profile_of(world: World, who: str) -> str:
    return f"/c/forum/people/{world.people[who]}"


async def do(visitor: Visitor, op: str, room: str = "desk", **fields: str) -> None:
    await visitor.post(f"/do/{op}", {"room": room, "key": uuid.uuid4().hex, "next": "/contacts", **fields})


async def test_a_person_edits_their_card(site: Site, world: World) -> None:
    attendee = await person(site, world, "attendee")
    await attendee.get("/contacts/card?conference=forum")
    said = {"phone": "ask me", "job": "Researcher", "audience": "everyone", "usual": "email"}
    await attendee.post("/contacts/card?conference=forum", {"key": "k1", **said})
    assert 'aria-invalid="true"' in attendee.page
    assert 'value="Researcher"' in attendee.page, "nothing entered is lost"
    answer = await attendee.post(
        "/contacts/card?conference=forum", {"key": "k2", **said, "phone": "+46 8 1"}, follow=False
    )
    assert answer.headers["location"] == "/contacts?conference=forum"
    await attendee.get("/contacts/card")
    assert 'value="+46 8 1"' in attendee.page


async def test_two_people_exchange_contacts_from_a_profile(site: Site, world: World) -> None:
    await edit_card(world, "speaker")
    attendee, speaker = await person(site, world, "attendee"), await person(site, world, "speaker")
    page = f"{profile_of(world, 'speaker')}?from=chat"
    await attendee.get(page)
    assert "Ask for contact" in attendee.page
    assert "Solar cells" not in attendee.page, "the page is for contacts"
    await do(attendee, "connect.ask", world.lobby, person=world.people["speaker"], fields="email", text="Hello")
    await speaker.get("/contacts?conference=forum")
    assert "Hello" in speaker.page
    assert "attendee@example.org" not in speaker.page
    assert "You get: name, email address" in speaker.page
    await do(speaker, "connect.agree", person=world.people["attendee"], fields="phone")
    await speaker.get("/contacts")
    assert "attendee@example.org" in speaker.page
    await attendee.get(profile_of(world, "speaker"))
    assert "+46 8 123" in attendee.page
    assert "Solar cells" in attendee.page
    assert "Head of research" in attendee.page, "contacts see the page, whatever else they get"


async def test_a_code_shown_at_a_table_connects_two_people(site: Site, world: World) -> None:
    await edit_card(world, "speaker")
    attendee, speaker = await person(site, world, "attendee"), await person(site, world, "speaker")
    await speaker.get(f"{CODE}?chosen=1&fields=phone")
    assert "They get: name, telephone" in speaker.page
    assert speaker.page.count('<svg class="qr"') == 2 or speaker.page.count('class="qr"') == 2
    [code] = set(re.findall(rf"{CODE}/([\w.-]+)", speaker.page))
    await speaker.get(f"{CODE}/{code}")
    assert "your own code" in speaker.page
    await attendee.get(f"{CODE}/{code}")
    assert "You get: name, telephone" in attendee.page
    assert "+46 8 123" not in attendee.page
    answer = await attendee.post(f"{CODE}/{code}", {"fields": "email"}, follow=False)
    assert answer.headers["location"] == "/contacts?conference=forum"
    await attendee.get("/contacts?conference=forum")
    assert "+46 8 123" in attendee.page
    assert "with a code" in attendee.page
    await attendee.get(f"{CODE}/{code}")
    assert "in contact already" in attendee.page


async def test_all_contacts_are_one_vcard_file(site: Site, world: World) -> None:
    await edit_card(world, "speaker")
    await connect(world, "attendee", "speaker", received=list(CardField))
    await connect(world, "attendee", "other")
    attendee = await person(site, world, "attendee")
    answer = await attendee.get("/contacts.vcf")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="contacts.vcf"'
    text = answer.text.replace("\r\n ", "")
    assert text.count("BEGIN:VCARD\r\nVERSION:4.0\r\n") == 2
    assert r"ORG:Sol\, Vind\; och Vatten" in text
    assert "ADR:;;;;;;Sweden" in text
    assert r"NOTE:Met me\nat the booth\nMet at The Forum" in text
    one = await attendee.get(f"/contacts/{world.people['other']}.vcf")
    assert one.text.count("BEGIN:VCARD") == 1
    assert "EMAIL:other@example.org" in one.text
    stranger = await person(site, world, "moderator")
    assert (await stranger.get(f"/contacts/{world.people['other']}.vcf")).status_code == 404
    assert (await stranger.get("/contacts.vcf")).text == ""


async def test_who_sees_a_profile_page(site: Site, world: World) -> None:
    attendee, page = await person(site, world, "attendee"), profile_of(world, "staff")
    seen: dict[str, tuple[int, bool]] = {}
    for audience in ProfileAudience:
        await edit_card(world, "staff", EditCard(job="Head of research", note="secret", audience=audience))
        answer = await attendee.get(page)
        seen[audience.value] = (answer.status_code, "Head of research" in attendee.page)
        assert "secret" not in attendee.page
        assert "staff@example.org" not in attendee.page
    assert seen == {"everyone": (200, True), "contacts": (200, False), "nobody": (404, False)}
    staff = await person(site, world, "staff")
    assert (await staff.get(page)).status_code == 200, "one sees one's own"
    await ask(world, "staff", "attendee")
    assert (await attendee.get(page)).status_code == 200, "who asks shows who they are"


async def test_organisations_are_on_an_open_profile_page_alone(site: Site, world: World) -> None:
    attendee = await person(site, world, "attendee")
    await attendee.get(profile_of(world, "staff"))
    link = f'href="/c/forum/organisations/{world.organisation}"'
    assert link not in attendee.page
    await edit_card(world, "staff", EditCard(audience=ProfileAudience.EVERYONE))
    await attendee.get(profile_of(world, "staff"))
    assert link in attendee.page


async def test_blocked_removed_and_unknown_people_look_the_same(site: Site, world: World) -> None:
    await edit_card(world, "speaker", EditCard(audience=ProfileAudience.EVERYONE))
    await world.do("speaker", BlockPerson(world.people["attendee"]), room=await world.desk("speaker"))
    attendee = await person(site, world, "attendee")
    pages: set[str] = set()
    for who in ("speaker", "banned", "guest"):
        assert (await attendee.get(profile_of(world, who))).status_code == 404
        pages.add(attendee.page.partition("<main")[2].partition("</main>")[0])
    assert len(pages) == 1
    speaker = await person(site, world, "speaker")
    await speaker.get(profile_of(world, "attendee"))
    assert "You have blocked this person" in speaker.page
    assert "Ask for contact" not in speaker.page


async def test_names_lead_to_profile_pages(site: Site, world: World) -> None:
    await world.do("speaker", PostMessage("Welcome"), room=world.lobby)
    link = f'href="{profile_of(world, "speaker")}?from=chat"'
    attendee, anonymous, speaker = (
        await person(site, world, "attendee"),
        Visitor(site),
        await person(site, world, "speaker"),
    )
    await attendee.get("/c/forum")
    assert link in attendee.page
    for other in (anonymous, speaker):
        await other.get("/c/forum")
        assert link not in other.page


async def test_the_pages_are_in_chinese(site: Site, world: World) -> None:
    await edit_card(world, "attendee", CARD)
    attendee = await person(site, world, "attendee", language="zh-CN")
    for path in ("/contacts?conference=forum", "/contacts/card", CODE, profile_of(world, "attendee")):
        await attendee.get(path)
        assert 'lang="zh' in attendee.page
        assert not {"Your card", "What you give", "Your code", "Contacts"} & set(
            re.findall(r">([^<>]+)<", attendee.page)
        )


async def test_a_profile_page_leads_to_the_request_for_a_meeting(site: Site, world: World) -> None:
    attendee = await person(site, world, "attendee")
    link = f"/c/forum/meetings/new?person={world.people['speaker']}"
    await attendee.get(profile_of(world, "speaker"))
    assert link not in attendee.page, "no times are open for meetings"
    await open_times(world)
    await attendee.get(profile_of(world, "speaker"))
    assert attendee.page.count(f'href="{link}"') == 1
    assert (await attendee.get(link)).status_code == 200
