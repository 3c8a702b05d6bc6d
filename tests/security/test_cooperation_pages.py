"""Who finds what about entries that are not public, by any page; and hostile texts on those pages."""

import asyncio
from collections.abc import Iterable
from itertools import cycle
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import queries
from rooms.cooperation.search_messages import SaveSearch
from rooms.cooperation.tables import entry_facets, entry_terms
from rooms.core.commands.messages import Command
from rooms.core.errors import Problem
from rooms.organisations.messages import (
    CreateOrganisation,
    EditOrganisation,
    MergeOrganisations,
    OrganisationCreated,
    OrganisationRole,
    SetMember,
)
from rooms.people.erasure import export
from tests.security.test_hostile_names import HOSTILE, dangers
from tests.support.cooperation import VALUES, entry_type, interested, published, waiting
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/cooperation"
OUTSIDE = (None, "other", "moderator", "speaker", "exhibitor", "guest")
SECRETS = ("zqdraft", "zqabout", "zqcomment", "zqtext", "zqwithdrawn", "zqmember")


def addresses(world: World, entries: Iterable[str], organisation: str) -> list[str]:
    found = [HERE, f"{HERE}/new", f"{HERE}/requests", "/c/forum", "/account", "/c/forum/organise/cooperation"]
    found += [f"{HERE}?words={word}" for word in SECRETS] + [f"{HERE}?page=1", f"{HERE}?country=IS"]
    for entry in entries:
        found += [f"{HERE}/{entry}", f"{HERE}/{entry}/edit"]
    for each in (world.organisation, organisation):
        found += [f"/c/forum/organisations/{each}", f"/c/forum/organisations/{each}/edit"]
    return [*found, "/c/forum/organise/organisations", "/c/forum/organise/audit"]


# S17, S18


async def test_what_is_not_public_is_found_by_no_door(site: Site, world: World) -> None:
    type = await entry_type(world)
    hidden = await waiting(world, type, title="zqdraft", about="zqabout", country="IS")
    await world.do("staff", m.CommentEntry(hidden, "zqcomment"), room=world.lobby)
    public = await published(world, type)
    await world.do("staff", m.DraftEntry("zqdraft", entry=public, values=VALUES), room=world.lobby)
    interest = await interested(world, public, text="zqtext")
    await world.do("staff", m.DeclineInterest(interest, m.DeclineReason.BUDGET), room=world.lobby)
    gone = await published(world, type, title="zqwithdrawn")
    await world.do("staff", m.WithdrawEntry(gone), room=world.lobby)
    done = await world.do("attendee", CreateOrganisation("zqmember"), room=world.lobby)
    organisation = msgspec.json.decode(done.reply, type=OrganisationCreated).organisation
    seen: list[str] = []
    for who in OUTSIDE:
        visitor = Visitor(site)
        if who is not None:
            await visitor.sign_in(world.people[who])
        for address in addresses(world, (hidden, public, gone), organisation):
            page = (await visitor.get(address)).text.replace(address.partition("words=")[2] or "\0", "")
            seen += [f"{who} finds {word} at {address}" for word in SECRETS if word in page]
            if "The budget does not fit" in page or "Staff" in page:
                seen.append(f"{who} finds a reason or a member at {address}")
        if who is not None:
            async with world.engine.database.read() as connection:
                kept = str(await export(connection, world.people[who]))
            seen += [f"{who} finds {word} in their export" for word in SECRETS if word in kept]
    assert not seen, "\n".join(seen)
    staff = await Visitor(site).sign_in(world.people["staff"])
    await staff.get(f"{HERE}/{hidden}")
    assert "zqcomment" in staff.page, "premise"
    assert "zqabout" in staff.page, "premise"


# S29, S49


@pytest.mark.parametrize("text", [*HOSTILE, "[x](javascript:alert(1)) <a href=javascript:alert(1)>y</a>"])
async def test_hostile_texts_are_inert(site: Site, world: World, text: str) -> None:
    translated = {"zh_Hans": {"title": text, "about": text}}
    profile = EditOrganisation(text, text, {"zh_Hans": {"name": text}}, fields=[text], organisation=world.organisation)
    await world.do("owner", profile, room=world.lobby)
    fields = [
        m.FieldView("one", m.FieldKind.TEXT, text),
        m.FieldView("two", m.FieldKind.CHOICE, text, options=[text, "b"]),
    ]
    type = await entry_type(world, name=text, fields=fields)
    values = {"one": text, "two": text}
    entry = await published(world, type, title=text, about=text, texts=translated, values=values)
    await world.do("staff", m.CommentEntry(entry, text), room=world.lobby)
    await world.do("attendee", SaveSearch(text, {"words": text, "two": text}), room=world.lobby)
    await interested(world, entry, text=text)
    for who in ("attendee", "staff", "organiser"):
        for locale in ("en", "zh-CN"):
            visitor = await Visitor(site, locale=locale).sign_in(world.people[who])
            for address in addresses(world, [entry], world.organisation):
                answer = await visitor.get(address)
                assert answer.status_code < 500, (who, address)
                assert dangers(answer.text) == [], (who, address)
                assert 'href="javascript:' not in answer.text, (who, address)


# S21


async def test_concurrent_commands_leave_listed_exactly_what_is_published(each_world: World) -> None:
    world = each_world
    world.lift_limits()
    type = await entry_type(world)
    entries = [await waiting(world, type, title=f"Solar {number}") for number in range(3)]
    changes: list[tuple[str, Any]] = [
        ("organiser", m.ApproveEntry),
        ("staff", m.RenewEntry),
        ("staff", m.WithdrawEntry),
        ("staff", m.SubmitEntry),
        ("owner", lambda entry: m.DraftEntry("Solar", entry=entry, values=VALUES)),
        ("organiser", lambda entry: m.DeclineEntry(entry, "No")),
        ("attendee", lambda entry: m.ShowInterest(entry, "Hello")),
        ("other", lambda entry: m.ShowInterest(entry, "Hello")),
    ]

    async def attempt(who: str, command: Command, engine: int) -> str:
        try:
            await world.do(who, command, room=world.lobby, engine=engine)
        except Problem as problem:
            return problem.code
        return ""

    tried = zip(range(120), cycle(changes), strict=False)
    codes = await asyncio.gather(
        *(attempt(who, make(entries[at % 3]), at % len(world.engines)) for at, (who, make) in tried)
    )
    assert set(codes) <= {"", "conflict", "stale", "not_found", "busy"}
    assert "" in codes
    async with world.engine.database.read() as connection:
        rows = await queries.entry_rows(connection, queries.e.conference == world.conference)
        shown = {row.id for row in rows if row.state == "published"}
        name = entry_terms.name
        found = list((await connection.execute(sa.text(f"SELECT id FROM {name}"))).scalars())
        facets = set((await connection.execute(sa.select(entry_facets.c.entry).distinct())).scalars())
    assert sorted(found) == sorted(shown), "once each"
    assert facets == shown


async def test_an_organisation_is_merged_once_whatever_happens_at_the_same_time(each_world: World) -> None:
    world = each_world
    world.lift_limits()
    entry = await published(world)
    made = [await world.do(who, CreateOrganisation(f"Aurora {who}"), room=world.lobby) for who in ("attendee", "other")]
    one, two = (msgspec.json.decode(done.reply, type=OrganisationCreated).organisation for done in made)
    attempts = [
        ("organiser", MergeOrganisations(world.organisation, one)),
        ("organiser", MergeOrganisations(one, two)),
        ("organiser", MergeOrganisations(two, world.organisation)),
        ("attendee", SetMember(one, world.people["speaker"], OrganisationRole.MEMBER)),
        ("other", SetMember(two, world.people["speaker"], OrganisationRole.OWNER)),
        ("owner", EditOrganisation("Lux", organisation=world.organisation)),
        ("staff", m.RenewEntry(entry)),
        ("speaker", m.ShowInterest(entry, "Hello")),
    ] * 4

    async def attempt(at: int, who: str, command: Command) -> str:
        try:
            await world.do(who, command, room=world.lobby, engine=at % len(world.engines))
        except Problem as problem:
            return problem.code
        return ""

    codes = await asyncio.gather(*(attempt(at, *each) for at, each in enumerate(attempts)))
    assert set(codes) <= {"", "conflict", "not_found", "forbidden", "busy"}
    assert codes.count("") >= 3
