"""Attacks on organisations and project cooperation."""

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import queries, search
from rooms.cooperation.expiration import remind_and_expire
from rooms.cooperation.publication import unlist
from rooms.cooperation.saved_searches import notify_of_matches
from rooms.cooperation.search import Query
from rooms.cooperation.search_messages import SaveSearch
from rooms.cooperation.tables import entry_comments
from rooms.cooperation.type_messages import EditType
from rooms.core.commands.registry import read
from rooms.core.store.audit import read as entries_of
from rooms.core.store.tables import conferences
from rooms.exhibition.booths.editing import make_booth
from rooms.exhibition.organisations import organisation_of
from rooms.organisations.messages import (
    CreateOrganisation,
    EditOrganisation,
    LeaveOrganisation,
    MergeOrganisations,
    OrganisationCreated,
    OrganisationRole,
    SetMember,
)
from rooms.organisations.profile import create
from rooms.people.messages import BlockPerson, RemovePerson
from tests.support.cooperation import VALUES, drafted, entry_type, interested, published, waiting
from tests.support.refusals import refused
from tests.support.world import World
from web.pages.cooperation.values import shown


async def titles(world: World, words: str) -> list[str]:
    async with world.engine.database.read() as connection:
        return [each.title for each in await search.page(connection, world.conference, Query(words=words), 0)]


@pytest.mark.parametrize("value", ["1e-999999", "0e99999", "-1e-400", "0e-99999", "9" * 3000])
async def test_a_number_cannot_grow(world: World, value: str) -> None:
    type = await entry_type(world, fields=[m.FieldView("size", m.FieldKind.NUMBER, "Size")])
    with refused("invalid", "size"):
        await drafted(world, type, values={"size": value})


@pytest.mark.parametrize("country", ["DE\n", "\n"])
def test_a_code_ends_where_it_ends(country: str) -> None:
    said = {"organisation": "a" * 20, "type": "a" * 20, "title": "x"}
    with refused("invalid", "country"):
        read("entry.create", {**said, "country": country})
    with refused("invalid", "country"):
        read("organisation.create", {"name": "x", "country": country})
    with refused("invalid"):
        read("entry.create", {**said, "texts": {"de\n": {}}})
    with refused("invalid"):
        read("entry.withdraw", {"entry": "a" * 20 + "\n"})


async def test_long_words_are_found_by_their_beginning(each_world: World) -> None:
    world = each_world
    await published(world, title="Long", about="ab" * 4900, texts={"de": {"about": "𐌰" * 9000}})
    assert await titles(world, "ab" * 100) == ["Long"]
    assert await titles(world, "𐌰" * 200) == ["Long"]


HOSTILE = [
    '"', '""', '"a', "a*", "*", "NEAR(a b)", "a NEAR b", "AND", "OR NOT", "terms: x", "{terms id}: x", "-a", "^a", "a + b",
    "'", "''", "\\", "a:*", "a <-> b", "a & ! b", "(", "((((", "|", "!", "%(x)s", "%s", "%", "_", "{0}", "{{ 7*7 }}", "\0", "a\0b",
    "\ud800", "\u202e", "\ufdfa" * 200, "ﬄ" * 200, "½²Ⅷ", "e\u0301" * 100, "太" * 200, "𞤀𞤁",
    "ᲀ", "Ა", "'; DROP TABLE entries; --", " ".join("ab" * 8 for _ in range(12)),
]  # fmt: skip


async def test_no_words_break_the_search(each_world: World) -> None:
    world = each_world
    await published(world, title="Plain ᲀ Ა 𞤀𞤁 ½²Ⅷ")
    for words in HOSTILE:
        async with world.engine.database.read() as connection:
            query = search.query_of(
                {"words": words, "type": words.replace("\0", ""), "stage": words.replace("\0", "")}, []
            )
            assert await search.count(connection, world.conference, query) >= 0, words
            await search.page(connection, world.conference, Query(words=words), 0)


async def test_nobody_asks_in_the_name_of_an_organisation_of_another_conference(each_world: World) -> None:
    world = each_world
    entry = await published(world)
    async with world.engine.database.write() as connection:
        other = sa.select(conferences.c.id).where(conferences.c.id != world.conference)
        elsewhere = await create(connection, (await connection.execute(other)).scalar_one(), {"name": "Far away"})
    for organisation in (elsewhere, "a" * 20):
        with refused("not_found"):
            await interested(world, entry, "organiser", organisation=organisation)


async def test_a_declined_request_stays_declined(world: World) -> None:
    interest = await interested(world)
    await world.do("staff", m.DeclineInterest(interest, m.DeclineReason.NO_FIT), room=world.lobby)
    with refused("stale", "interest"):
        await world.do("attendee", m.WithdrawInterest(interest), room=world.lobby)


async def test_an_organiser_approves_only_what_they_have_read(each_world: World) -> None:
    world = each_world
    entry = await waiting(world)
    async with world.engine.database.read() as connection:
        read_at = (await queries.entry_row(connection, world.conference, entry)).submitted_at
    changed = m.DraftEntry("Casino", entry=entry, values=VALUES)
    await world.do("staff", changed, room=world.lobby)
    with refused("stale", "entry"):
        await world.do("organiser", m.ApproveEntry(entry, read_at), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    with refused("stale", "entry"):
        await world.do("organiser", m.ApproveEntry(entry, read_at), room=world.lobby)


async def test_a_field_may_change_its_kind(each_world: World) -> None:
    world = each_world
    text = m.FieldView("size", m.FieldKind.TEXT, "Size")
    type = await entry_type(world, fields=[text])
    entry = await published(world, type, values={"size": "tall " * 300})
    for kind, options in ((m.FieldKind.CHOICE, ["a", "b"]), (m.FieldKind.NUMBER, []), (m.FieldKind.BUDGET, [])):
        field = m.FieldView("size", kind, "Size", options=options)
        edited = EditType(side=m.EntrySide.OFFER, name="Offer", fields=[field], type=type)
        await world.do("organiser", edited, room=world.lobby)
        async with world.engine.database.write() as connection:
            await connection.execute(queries.entries.update().values(state="expired"))
        await world.do("staff", m.RenewEntry(entry), room=world.lobby)
        assert shown(field, "tall", "en", str) == "tall"


async def test_a_saved_search_cannot_stop_those_of_others(each_world: World) -> None:
    world = each_world
    type = await entry_type(world)
    await world.do("attendee", SaveSearch("Solar", {"words": "solar"}), room=world.lobby)
    for query in ({"type": "a\0"}, {"side": "\0"}, {"words": "\0"}, {"stage": "\0'"}, {"country": "x" * 300}):
        await world.do("other", SaveSearch("Broken", query), room=world.lobby)
    await published(world, type, title="Solar cells")
    world.clock.advance(seconds=1)
    await notify_of_matches(world.engine)
    assert (await notices(world, "attendee"))[0].kind == "search.match"


async def test_searches_run_only_when_something_new_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    matches = search.matches

    async def counted(connection: Any, conference: str, query: Query, *span: Any) -> list[str]:
        ran.append(query.words)
        return await matches(connection, conference, query, *span)

    monkeypatch.setattr(search, "matches", counted)
    await world.do("attendee", SaveSearch("Wind", {"words": "wind"}), room=world.lobby)
    await published(world)
    world.clock.advance(minutes=2)
    for _ in range(3):
        await notify_of_matches(world.engine)
    assert ran == ["wind"]
    await published(world, title="Wind turbines")
    assert await notify_of_matches(world.engine) == 1


async def notices(world: World, who: str) -> list[Any]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return view.snapshot.notices  # type: ignore[attr-defined]


MEMBER = OrganisationRole.MEMBER


async def test_someone_who_is_blocked_cannot_reach_those_who_blocked_them(world: World) -> None:
    entry = await published(world)
    await world.do("owner", BlockPerson(world.people["attendee"]), room=world.lobby)
    before = len(await notices(world, "owner"))
    await interested(world, entry)
    assert len(await notices(world, "owner")) == before
    assert (await notices(world, "staff"))[0].kind == "interest.new", "the organisation can still answer"
    done = await world.do("attendee", CreateOrganisation("Spam"), room=world.lobby)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    with refused("invalid", "person"):
        await world.do("attendee", SetMember(organisation, world.people["owner"], MEMBER), room=world.lobby)


async def test_adding_members_again_and_again_is_limited(world: World) -> None:
    done = await world.do("attendee", CreateOrganisation("Spam"), room=world.lobby)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    with refused("rate_limited"):
        for _ in range(100):
            for role in (MEMBER, None):
                await world.do("attendee", SetMember(organisation, world.people["other"], role), room=world.lobby)
    assert len([each for each in await notices(world, "other") if each.kind == "organisation.member"]) == 1


async def test_an_owner_makes_nobody_the_owner_of_more_than_five(world: World) -> None:
    for number in range(6):
        who = "attendee" if number < 5 else "speaker"
        done = await world.do(who, CreateOrganisation(f"Company {number}"), room=world.lobby)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    owner = SetMember(organisation, world.people["attendee"], OrganisationRole.OWNER)
    with refused("conflict", "person"):
        await world.do("speaker", owner, room=world.lobby)
    await world.do("organiser", owner, room=world.lobby)


async def test_nobody_owns_an_exhibitor_by_taking_its_name(world: World) -> None:
    done = await world.do("attendee", CreateOrganisation("Contoso"), room=world.lobby)
    taken = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    async with world.engine.database.write() as connection:
        booth, _ = await make_booth(connection, world.conference, world.floor, {"name": "Contoso GmbH"}, open=True)
        organisation = await organisation_of(connection, booth)
        again, _ = await make_booth(connection, world.conference, world.floor, {"name": "CONTOSO"}, open=True)
        assert await organisation_of(connection, again) == organisation, "two booths of one exhibitor"
    assert organisation != taken


async def test_leaving_what_one_is_not_in_leaves_no_trace(world: World) -> None:
    async with world.engine.database.read() as connection:
        before = len(await entries_of(connection, world.conference))
    await world.do("attendee", LeaveOrganisation(world.organisation), room=world.lobby)
    async with world.engine.database.read() as connection:
        assert len(await entries_of(connection, world.conference)) == before


async def test_a_field_cannot_take_the_name_of_a_filter(world: World) -> None:
    for key in ("type", "side", "words", "page", "search", "country", "name", "key", "csrf"):
        field = m.FieldView(key, m.FieldKind.CHOICE, "Stage", options=["a", "b"])
        with refused("invalid", "fields"):
            await entry_type(world, fields=[field])


async def test_an_entry_is_found_by_the_current_name_of_its_organisation(each_world: World) -> None:
    world = each_world
    await published(world)
    await world.do("owner", EditOrganisation("Umbra", organisation=world.organisation), room=world.lobby)
    assert await titles(world, "umbra")
    assert not await titles(world, "lumen")
    done = await world.do("attendee", CreateOrganisation("Aurora"), room=world.lobby)
    aurora = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    await world.do("organiser", MergeOrganisations(world.organisation, aurora), room=world.lobby)
    assert await titles(world, "aurora")
    assert not await titles(world, "umbra")


async def test_an_entry_that_expires_while_it_is_renewed_is_still_found(each_world: World) -> None:
    world = each_world
    entry = await published(world)
    async with world.engine.database.write() as connection:
        await unlist(connection, [entry])  # as the job does just after the command has read the entry
    await world.do("staff", m.RenewEntry(entry), room=world.lobby)
    assert await titles(world, "solar") == ["Perovskite solar cells"]


async def test_members_who_were_removed_from_the_conference_learn_nothing(each_world: World) -> None:
    world = each_world
    type = await entry_type(world)
    entry = await published(world, type)
    for who in ("owner", "other"):
        await world.do(who, SaveSearch("Solar", {"words": "solar"}), room=world.lobby)
        await world.do("organiser", RemovePerson(world.people[who]), room=world.lobby)
    before = {who: len(await notices(world, who)) for who in ("owner", "other")}
    await interested(world, entry)
    await world.do("staff", m.CommentEntry(entry, "Look"), room=world.lobby)
    await published(world, type, title="Solar lamps")
    world.clock.advance(days=180 - 6)
    await remind_and_expire(world.engine)
    await notify_of_matches(world.engine)
    assert {who: len(await notices(world, who)) for who in before} == before
    assert (await notices(world, "staff"))[0].kind == "entry.expiring"


async def test_a_search_has_at_most_ten_filters(world: World) -> None:
    fields = [m.FieldView(f"field_{at}", m.FieldKind.MATURITY, f"Field {at}") for at in range(20)]
    await entry_type(world, fields=fields)
    async with world.engine.database.read() as connection:
        found = await queries.types(connection, world.conference)
    query = search.query_of({f"field_{at}": "1" for at in range(20)}, found)
    assert len(query.facets) == 10


async def test_comments_without_end_do_not_keep_organisers_from_declining(world: World) -> None:
    world.lift_limits()
    entry = await waiting(world)
    async with world.engine.database.write() as connection:
        said = {"entry": entry, "person": world.people["staff"], "text": "x", "at": world.clock()}
        await connection.execute(entry_comments.insert(), [{"id": f"{at:020}", **said} for at in range(200)])
    with refused("conflict"):
        await world.do("staff", m.CommentEntry(entry, "One more"), room=world.lobby)
    await world.do("organiser", m.DeclineEntry(entry, "Please shorten it"), room=world.lobby)


@pytest.mark.parametrize("name", ["\ufdfa" * 100, "㍿" * 120, "ﬃ" * 120, "½" * 120, "İ" * 120], ids=ascii)
async def test_names_that_grow_when_folded_are_taken(each_world: World, name: str) -> None:
    world = each_world
    done = await world.do("attendee", CreateOrganisation(name, about=name, fields=[name[:20]]), room=world.lobby)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    await world.do("attendee", EditOrganisation(name, organisation=organisation), room=world.lobby)
    async with world.engine.database.write() as connection:
        await make_booth(connection, world.conference, world.floor, {"name": name})
