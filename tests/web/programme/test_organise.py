"""The organiser's pages: roles, invitations, restraints, settings, the audit log, and a new conference."""

import re
import uuid
from pathlib import Path

import pytest

import rooms
from rooms.cooperation.messages import AcceptInterest, InterestOutcome, RecordOutcome
from rooms.core.commands.people import Role
from rooms.core.store import audit
from rooms.core.store.tables import audit as audit_table
from rooms.people import roles
from rooms.people.messages import SilencePerson
from tests.support.cooperation import interested
from tests.support.visitor import URL, Visitor
from tests.support.world import World
from web.pages.conduct.audit import ACTS
from web.site import Site

PAGES = ["people", "settings", "audit"]


@pytest.fixture
async def organiser(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["organiser"])


async def roles_of(world: World, who: str, session: str | None = None) -> frozenset[Role]:
    async with world.engine.database.read() as connection:
        return await roles.roles_in(connection, world.people[who], world.conference, session)


@pytest.mark.parametrize("page", PAGES)
async def test_only_organisers_get_in(site: Site, world: World, organiser: Visitor, page: str) -> None:
    path = f"/c/forum/organise/{page}"
    assert (await organiser.get(path)).status_code == 200
    assert (await Visitor(site).get(path)).status_code == 401
    for who, status in (("attendee", 403), ("moderator", 403), ("stranger", 403), ("banned", 403), ("admin", 200)):
        assert (await (await Visitor(site).sign_in(world.people[who])).get(path)).status_code == status, who


async def test_a_role_is_given_by_address_and_taken_away(organiser: Visitor, world: World) -> None:
    await organiser.get("/c/forum/organise/people")
    fields = {"email": "other@example.org", "role": "moderator", "session": world.session, "key": "k1"}
    answer = await organiser.post("/c/forum/organise/people/grant", fields)
    assert answer.status_code == 200
    assert "Other now has the role." in organiser.page
    assert Role.MODERATOR in await roles_of(world, "other", world.session)

    form = {"room": world.room, "person": world.people["other"], "role": "moderator", "key": "k2"}
    await organiser.post("/do/role.revoke", {**form, "next": "/c/forum/organise/people"})
    assert Role.MODERATOR not in await roles_of(world, "other", world.session)


async def test_an_unknown_address_leads_to_an_invitation(organiser: Visitor) -> None:
    await organiser.get("/c/forum/organise/people")
    fields = {"email": "nobody@example.org", "role": "moderator", "session": "", "key": "k1"}
    assert (await organiser.post("/c/forum/organise/people/grant", fields)).status_code == 422
    assert "Send an invitation instead." in organiser.page
    assert 'value="nobody@example.org"' in organiser.page


async def invited(organiser: Visitor, **fields: str) -> str:
    """The path of a new invitation."""
    await organiser.get("/c/forum/organise/people")
    answer = await organiser.post(
        "/c/forum/organise/people/invite", {"role": "moderator", "session": "", "uses": "1", "days": "7", **fields}
    )
    assert answer.status_code == 200, organiser.page
    found = re.search(re.escape(URL) + r"(/invite/[\w-]+)", organiser.page)
    assert found is not None
    return found[1]


async def test_an_invitation_carries_its_role_once(organiser: Visitor, site: Site, world: World) -> None:
    path = await invited(organiser, session=world.session)
    other = await Visitor(site).sign_in(world.people["other"], path)
    assert "moderator" in other.page
    assert Role.MODERATOR not in await roles_of(world, "other", world.session)
    answer = await other.post(path, follow=False)
    assert answer.headers["location"] == f"/c/forum/sessions/{world.session}/moderate"
    assert Role.MODERATOR in await roles_of(world, "other", world.session)
    assert await roles_of(world, "other") == frozenset()

    attendee = await Visitor(site).sign_in(world.people["attendee"])
    assert (await attendee.post(path)).status_code == 410


async def test_who_has_the_role_already_uses_nothing_up(organiser: Visitor, site: Site, world: World) -> None:
    path = await invited(organiser, session=world.session)
    moderator = await Visitor(site).sign_in(world.people["moderator"], path)
    assert (await moderator.post(path, follow=False)).status_code == 303
    assert (await Visitor(site).get(path)).status_code == 200


async def test_a_guest_accepts_but_not_to_organise(organiser: Visitor, site: Site, world: World) -> None:
    path = await invited(organiser, role="speaker", session=world.session)
    guest = Visitor(site)
    await guest.get(path)
    answer = await guest.post(path, {"name": "Bo"}, follow=False)
    assert answer.headers["location"] == f"/c/forum/sessions/{world.session}/speak"

    path = await invited(organiser, role="organiser")
    known = await Visitor(site).sign_in(world.people["guest"], path)
    assert (await known.post(path)).status_code == 403
    assert await roles_of(world, "guest") == frozenset()


@pytest.mark.parametrize(("who", "status"), [("unverified", 403), ("banned", 403)])
async def test_who_may_not_take_part_cannot_accept(
    organiser: Visitor, site: Site, world: World, who: str, status: int
) -> None:
    path = await invited(organiser)
    visitor = await Visitor(site).sign_in(world.people[who], path)
    assert (await visitor.post(path)).status_code == status
    assert await roles_of(world, who) == frozenset()


async def test_an_invitation_is_withdrawn_and_runs_out(organiser: Visitor, site: Site, world: World) -> None:
    path = await invited(organiser)
    await organiser.get("/c/forum/organise/people")
    found = re.search(r'name="invite" value="(\w+)"', organiser.page)
    assert found is not None
    await organiser.post("/c/forum/organise/people/withdraw-invite", {"invite": found[1]})
    assert (await Visitor(site).get(path)).status_code == 410

    path = await invited(organiser, days="7")
    world.clock.advance(days=6)
    assert (await Visitor(site).get(path)).status_code == 200
    world.clock.advance(days=2)
    assert (await Visitor(site).get(path)).status_code == 410


async def test_restraints_are_listed_and_lifted(organiser: Visitor, world: World) -> None:
    await world.do("moderator", SilencePerson(world.people["other"], 60, "Shouting"))
    await organiser.get("/c/forum/organise/people")
    assert "Shouting" in organiser.page
    form = {"room": world.room, "person": world.people["other"], "key": "k3", "next": "/c/forum/organise/people"}
    assert (await organiser.post("/do/person.unsilence", form)).status_code == 200
    assert "Shouting" not in organiser.page


async def settings_form(organiser: Visitor, **changes: str) -> dict[str, str]:
    await organiser.get("/c/forum/organise/settings")
    form = {"title": "The Forum", "tagline": "", "description": "", "zone": "Asia/Shanghai", "starts_on": "2026-11-20"}
    return {**form, "ends_on": "2026-11-22", "access": "public", "guests": "on", **changes}


async def test_settings_are_changed_and_noted(organiser: Visitor, site: Site, world: World) -> None:
    form = await settings_form(organiser, title="The Great Forum", **{"zh_Hans.title": "大论坛"})
    assert (await organiser.post("/c/forum/organise/settings", form)).status_code == 200
    assert 'value="The Great Forum"' in organiser.page
    assert 'value="大论坛"' in organiser.page or site.languages.codes == ["en"]
    await organiser.get("/c/forum/organise/audit")
    assert "changed the conference" in organiser.page


async def test_a_closed_conference_is_closed_at_once(organiser: Visitor, site: Site, world: World) -> None:
    _, sink = await world.join("attendee")
    assert sink.closed is None
    form = await settings_form(organiser, access="members")
    await organiser.post("/c/forum/organise/settings", form)
    found = re.search(r'name="agreed" value="(\w+)"', organiser.page)
    assert found is not None, "who loses access is said first"
    await organiser.post("/c/forum/organise/settings", {**form, "agreed": found[1]})
    assert (await Visitor(site).get("/c/forum")).status_code == 404
    assert (await Visitor(site).sign_in(world.people["attendee"], "/c/forum")).page.find("Page not found") > 0
    assert (await organiser.get("/c/forum")).status_code == 200
    assert any("left" in message for message in sink.messages) or sink.closed


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("zone", "Asia/Atlantis"), ("ends_on", "2026-11-01"), ("starts_on", "soon"), ("access", "nobody")],
)
async def test_bad_settings_change_nothing(organiser: Visitor, world: World, field: str, value: str) -> None:
    form = await settings_form(organiser, **{"title": "Another", field: value})
    assert (await organiser.post("/c/forum/organise/settings", form)).status_code == 422
    await organiser.get("/c/forum/organise/settings")
    assert 'value="The Forum"' in organiser.page


async def test_an_edited_log_shows_on_its_page(organiser: Visitor, world: World) -> None:
    await world.do("moderator", SilencePerson(world.people["other"], 60, "Shouting"))
    await organiser.get("/c/forum/organise/audit")
    assert "The chain is intact" in organiser.page
    async with world.engine.database.write() as connection:
        await connection.execute(audit_table.update().where(audit_table.c.number == 1).values(actor=None))
        assert await audit.verify(connection, world.conference) == [1]
    await organiser.get("/c/forum/organise/audit")
    assert "breaks at 1." in organiser.page


async def test_the_log_names_entries_and_their_types(organiser: Visitor, world: World) -> None:
    interest = await interested(world)
    await world.do("staff", AcceptInterest(interest), room=world.lobby)
    await world.do("staff", RecordOutcome(interest, InterestOutcome.TALKS), room=world.lobby)
    await organiser.get("/c/forum/organise/audit")
    for act in ("created the type of entry <strong>Technology offer", "approved the entry <strong>Perovskite"):
        assert act in organiser.page, act
    assert "recorded the result of a request about <strong>Perovskite" in organiser.page
    assert "result: Talks" in organiser.page


async def test_administrators_begin_conferences(site: Site, world: World, organiser: Visitor) -> None:
    assert (await organiser.get("/conferences/new")).status_code == 403
    admin = await Visitor(site).sign_in(world.people["admin"], "/conferences/new")
    form = {**await settings_form(organiser), "title": "Another", "slug": "another-one"}
    answer = await admin.post("/conferences/new", form, follow=False)
    assert answer.headers["location"] == "/c/another-one/organise"
    assert (await admin.get("/c/another-one/organise/people")).status_code == 200
    assert "Admin" in admin.page
    assert (await Visitor(site).get("/c/another-one")).status_code == 200
    again = await admin.post("/conferences/new", form)
    assert again.text.count('class="field-fault"') == 1  # the reason, beside the address
    assert again.text.index('name="title"') < again.text.index('name="slug"')
    assert again.status_code == 422
    assert "already" in admin.page


async def test_a_new_conference_is_private_until_it_is_published(
    site: Site, world: World, organiser: Visitor, visitor: Visitor
) -> None:
    admin = await Visitor(site).sign_in(world.people["admin"], "/conferences/new")
    assert re.search(r'name="access" value="members" checked', admin.page), "the choice of a new conference"
    form = {**await settings_form(organiser), "title": "Another", "slug": "another-one", "access": "members"}
    await admin.post("/conferences/new", form)
    assert "Only people with a role can see this conference. It is not on the front page." in admin.page
    assert (await visitor.get("/c/another-one")).status_code == 404
    await visitor.get("/")
    assert "Another" not in visitor.page
    await organiser.get("/c/forum/organise")
    assert (await organiser.post("/c/another-one/organise/publish")).status_code == 404, "not their conference"
    await admin.get("/c/another-one/organise")
    await admin.post("/c/another-one/organise/publish")
    assert "The conference is public." in admin.page
    assert "/organise/publish" not in admin.page
    assert (await visitor.get("/c/another-one")).status_code == 200
    await visitor.get("/")
    assert "Another" in visitor.page
    await admin.get("/c/another-one/organise/audit")
    assert "changed the conference" in admin.page


async def test_details_of_the_audit_log_are_in_the_language_of_the_page(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await organiser.get("/c/forum/organise/people")
    fields = {"email": "attendee@example.org", "role": "speaker", "session": world.session, "key": uuid.uuid4().hex}
    assert (await organiser.post("/c/forum/organise/people/grant", fields)).status_code == 200
    reader = await Visitor(site, language="zh-CN").sign_in(world.people["organiser"])
    await reader.get("/c/forum/organise/audit")
    assert "身份: 演讲嘉宾" in reader.page
    assert "场次: " in reader.page
    assert "role:" not in reader.page


def test_every_act_of_the_audit_log_has_words() -> None:
    recorded: set[str] = set()
    for path in Path(rooms.__path__[0]).rglob("*.py"):
        text = path.read_text("utf-8")
        recorded |= set(re.findall(r'(?:audit|_announce)\((?!None)[^"]{0,120}?"([a-z_]+\.[a-z_]+)"', text))
    assert {
        "asking.change",
        "chat.remove",
        "entry_type.edit",
        "file.remove",
        "invite.accept",
        "session.change",
    } <= recorded, "premise"
    assert recorded <= ACTS.keys()


async def test_a_role_for_an_unknown_session_is_refused(organiser: Visitor, world: World) -> None:
    await organiser.get("/c/forum/organise/people")
    for session in ("a" * 20, world.conference):
        fields = {"email": "attendee@example.org", "role": "moderator", "session": session, "key": uuid.uuid4().hex}
        assert (await organiser.post("/c/forum/organise/people/grant", fields)).status_code == 422
    async with world.engine.database.read() as connection:
        assert not await roles.roles_in(connection, world.people["attendee"], world.conference, world.session)
