"""Leads: shared with consent, noted upon by the shift, taken back without a trace but that it happened."""

import csv
import io

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command

from rooms.chat.messages import PostMessage
from rooms.core.commands.messages import Command
from rooms.core.csv_export import as_csv
from rooms.core.store.journal import journal
from rooms.exhibition.booths.editing import make_booth
from rooms.exhibition.booths.staff_messages import Duty, SetDuty
from rooms.exhibition.leads import actions as leads
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.leads.messages import (
    AskLead,
    LeadState,
    NoteLead,
    Purpose,
    QualifyLead,
    Rating,
    ShareLead,
    Source,
    WithdrawLead,
)
from rooms.exhibition.leads.queries import Lead, Sought
from rooms.exhibition.leads.tables import consents, lead_notes
from rooms.exhibition.leads.tables import leads as table
from rooms.exhibition.queue.messages import CallNext, JoinQueue
from rooms.exhibition.requests.messages import AskContact, ContactKind
from rooms.migrations import config
from rooms.people.erasure import erase, export
from rooms.people.messages import RemovePerson, SilencePerson
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

SHARE = ShareLead(Purpose.NEWS, Source.QUEUE, "Sol AB")


async def at(world: World, who: str, command: Command) -> None:
    world.clock.advance(seconds=1)
    await world.do(who, command, room=world.stand)


async def found(world: World, sought: Sought = lead_queries.EVERYTHING) -> list[Lead]:
    async with world.engine.database.read() as connection:
        return await lead_queries.found(connection, world.booth, sought)


async def ledger(world: World, who: str) -> list[tuple[str, str, str]]:
    c = consents.c
    select = sa.select(c.act, c.purpose, c.source).where(c.person == world.people[who]).order_by(c.at)
    async with world.engine.database.read() as connection:
        return [tuple(row) for row in await connection.execute(select)]


async def test_purpose_time_and_source_are_kept_with_what_is_shared(world: World) -> None:
    await at(world, "attendee", SHARE)
    shared_at = world.clock()
    [lead] = await found(world)
    assert (lead.name, lead.organisation, lead.email) == ("Attendee", "Sol AB", "attendee@example.org")
    assert (lead.purpose, lead.source, lead.at) == (Purpose.NEWS, Source.QUEUE, shared_at)
    assert await ledger(world, "attendee") == [("given", "news", "queue")]


async def test_a_guest_shares_only_a_name(world: World) -> None:
    await at(world, "guest", ShareLead(Purpose.FOLLOW_UP))
    assert [(lead.name, lead.email) for lead in await found(world)] == [("Guest", None)]


async def test_a_guest_gives_an_address_with_the_contact(world: World) -> None:
    with refused("invalid", field="email"):
        await at(world, "guest", ShareLead(Purpose.FOLLOW_UP, email="nowhere"))
    await at(world, "guest", ShareLead(Purpose.FOLLOW_UP, email=" Ada@Example.org "))
    assert [(lead.name, lead.email) for lead in await found(world)] == [("Guest", "ada@example.org")]
    # Others share the address of their account, whatever a program sends.
    await at(world, "attendee", ShareLead(Purpose.FOLLOW_UP, email="other@example.net"))
    assert {lead.email for lead in await found(world)} == {"ada@example.org", "attendee@example.org"}


async def test_a_silenced_person_may_still_share_and_withdraw(world: World) -> None:
    await world.do("organiser", SilencePerson(world.people["attendee"]), room=world.lobby)
    with refused("silenced"):
        await at(world, "attendee", JoinQueue())
    await at(world, "attendee", SHARE)
    await at(world, "attendee", WithdrawLead())
    assert await found(world) == []


async def test_the_staff_ask_and_the_visitor_decides(each_world: World) -> None:
    world = each_world
    with refused("not_found", "person"):  # they have never met
        await at(world, "staff", AskLead(world.people["other"]))
    await at(world, "other", PostMessage("Do you sell lamps?"))
    await at(world, "staff", AskLead(world.people["other"]))
    [asked] = await found(world)
    assert (asked.state, asked.name, asked.email, asked.asked_by) == (LeadState.ASKED, "Other", None, "Staff")
    _, desk = await world.join("other", room=await world.desk("other"))
    notice = desk.joined["snapshot"]["notices"][0]
    assert (notice["kind"], notice["values"]["name"]) == ("lead.asked", "Staff")
    await at(world, "other", ShareLead(Purpose.FOLLOW_UP, Source.BOOTH))
    [given] = await found(world)
    assert (given.id, given.state, given.source, given.email) == (
        asked.id,
        LeadState.GIVEN,
        Source.ASKED,
        "other@example.org",
    )
    assert [act for act, *_ in await ledger(world, "other")] == ["asked", "given"]


async def test_a_refusal_blocks_nothing_and_is_not_asked_for_twice(world: World) -> None:
    await at(world, "attendee", JoinQueue())
    await at(world, "staff", AskLead(world.people["attendee"]))
    await at(world, "attendee", WithdrawLead())
    assert await found(world) == []
    assert [act for act, *_ in await ledger(world, "attendee")] == ["asked", "refused"]
    with refused("conflict"):
        await at(world, "staff", AskLead(world.people["attendee"]))
    called = msgspec.json.decode((await world.do("staff", CallNext(), room=world.stand)).reply)
    assert called["person"]["id"] == world.people["attendee"], "the visitor is called as before"
    await at(world, "attendee", AskContact(ContactKind.MESSAGE, "Still, a question"))
    await at(world, "attendee", SHARE)
    assert len(await found(world)) == 1, "the visitor may always change their mind"


async def test_taken_back_it_is_gone_for_the_exhibitor(world: World) -> None:
    await at(world, "attendee", SHARE)
    [lead] = await found(world)
    await at(world, "staff", NoteLead(lead.id, "Wants forty lamps"))
    _, staff = await world.join("staff", room=world.stand)
    assert staff.joined["snapshot"]["desk"]["leads"] == 1
    await at(world, "attendee", WithdrawLead())
    await settled(world.engine)
    async with world.engine.database.read() as connection:
        for kept in (table, lead_notes):
            assert (await connection.execute(sa.select(kept))).all() == []
        received = (await connection.execute(sa.select(journal.c.payload))).scalars().all()
    assert not any(b"attendee@example.org" in bytes(each) or b"Sol AB" in bytes(each) for each in received)
    assert [(event["type"], event.get("leads")) for event in staff.events if "type" in event] == [("lead.changed", 0)]
    assert await ledger(world, "attendee") == [("given", "news", "queue"), ("withdrawn", "news", "queue")]
    with refused("not_found", "lead"):
        await at(world, "staff", NoteLead(lead.id, "Call again"))


async def test_a_removed_person_withdraws_from_their_account(world: World) -> None:
    await at(world, "attendee", SHARE)
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    with refused("forbidden"):
        await at(world, "attendee", WithdrawLead())
    await leads.take_back(world.engine, world.people["attendee"], world.booth)
    assert await found(world) == []
    with refused("not_found"):
        await leads.take_back(world.engine, world.people["attendee"], world.booth)


async def test_notes_and_qualifiers_are_shared_by_the_shift(world: World) -> None:
    await at(world, "attendee", SHARE)
    [lead] = await found(world)
    _, owner = await world.join("owner", room=world.stand)
    _, other = await world.join("other", room=world.stand)
    await at(world, "staff", NoteLead(lead.id, "Wants forty lamps"))
    world.clock.advance(minutes=1)
    await at(world, "owner", NoteLead(lead.id, "By March"))
    await at(world, "staff", QualifyLead(lead.id, Rating.HOT, ["resellers", " resellers ", "north"]))
    await settled(world.engine)
    assert owner.types == ["lead.changed"] * 3
    assert other.types == [], "visitors receive nothing of it"
    [lead] = await found(world)
    assert [(note.author, note.text) for note in lead.notes] == [("Staff", "Wants forty lamps"), ("Owner", "By March")]
    assert lead.notes[0].at < lead.notes[1].at
    assert (lead.rating, lead.tags) == (Rating.HOT, ["resellers", "north"])


async def test_of_two_who_judge_at_once_none_overwrites_the_other(world: World) -> None:
    await at(world, "attendee", SHARE)
    [lead] = await found(world)
    await at(world, "staff", QualifyLead(lead.id, Rating.HOT, ["north"], seen=lead.mark))
    with refused("stale"):
        await at(world, "owner", QualifyLead(lead.id, Rating.COLD, seen=lead.mark))
    [lead] = await found(world)
    await at(world, "owner", QualifyLead(lead.id, Rating.WARM, lead.tags, seen=lead.mark))
    [lead] = await found(world)
    assert (lead.rating, lead.tags) == (Rating.WARM, ["north"])


async def test_colleagues_are_no_leads(world: World) -> None:
    await at(world, "owner", PostMessage("We open at nine"))
    with refused("not_found", "person"):
        await at(world, "staff", AskLead(world.people["owner"]))
    with refused("forbidden"):
        await at(world, "owner", SHARE)


async def test_searched_and_filtered(each_world: World) -> None:
    world = each_world
    await at(world, "attendee", SHARE)
    await at(world, "other", ShareLead(Purpose.FOLLOW_UP, organisation="Nordlys Straße ДОМ"))
    both = {lead.name: lead.id for lead in await found(world)}
    await at(world, "staff", QualifyLead(both["Other"], Rating.COLD, ["press", "a%b"]))
    await at(world, "staff", QualifyLead(both["Attendee"], Rating.HOT, ["Press"]))
    await at(world, "staff", NoteLead(both["Attendee"], "Spoke of Kiruna"))
    for sought, names in (
        (Sought(), {"Attendee", "Other"}),
        (Sought(words="kiruna sol"), {"Attendee"}),
        (Sought(words="NORDLYS"), {"Other"}),
        (Sought(words="STRASSE дом"), {"Other"}),
        (Sought(words="attendee@example"), {"Attendee"}),
        (Sought(words="%b"), {"Other"}),
        (Sought(words="l_n"), set()),
        (Sought(rating="cold"), {"Other"}),
        (Sought(tag="press"), {"Other"}),
        (Sought(state="asked"), set()),
    ):
        assert {lead.name for lead in await found(world, sought)} == names, sought
        async with world.engine.database.read() as connection:
            assert await lead_queries.number(connection, world.booth, sought) == len(names)
    async with world.engine.database.read() as connection:
        assert await lead_queries.tags(connection, world.booth) == ["a%b", "Press", "press"]
        pages = [await lead_queries.found(connection, world.booth, skipped=each, most=1) for each in range(3)]
    assert [[lead.name for lead in page] for page in pages] == [["Other"], ["Attendee"], []]
    assert [note.text for note in pages[1][0].notes] == ["Spoke of Kiruna"]


async def test_leads_of_an_earlier_release_are_found(each_world: World) -> None:
    world = each_world
    await at(world, "attendee", SHARE)
    [lead] = await found(world)
    await at(world, "staff", NoteLead(lead.id, "Wants ÖL"))
    await at(world, "staff", QualifyLead(lead.id, Rating.HOT, ["press"]))
    for step, to in ((command.stamp, "head"), (command.downgrade, "0011"), (command.upgrade, "head")):
        async with world.engine.database.write() as connection:
            await connection.run_sync(lambda sync, step=step, to=to: step(config(sync), to))
    assert len(await found(world, Sought(words="sol öl press attendee"))) == 1
    assert await found(world, Sought(words="nordlys")) == []


async def test_an_exhibitor_sees_only_their_own_leads(world: World) -> None:
    async with world.engine.database.write() as connection:
        other, room = await make_booth(connection, world.conference, world.floor, {"name": "Aurora"}, open=True)
    await at(world, "attendee", SHARE)
    [lead] = await found(world)
    async with world.engine.database.read() as connection:
        assert await lead_queries.found(connection, other) == []
    await world.do("organiser", SetDuty(world.people["speaker"], Duty.OWNER), room=room)
    with refused("not_found", "lead"):
        await world.do("speaker", NoteLead(lead.id, "Ours now"), room=room)


async def test_erasure_leaves_no_trace(each_world: World) -> None:
    world = each_world
    await at(world, "attendee", SHARE)
    async with world.engine.database.read() as connection:
        kept = await export(connection, world.people["attendee"])
    assert [(row["organisation"], row["purpose"]) for row in kept["leads"]] == [("Sol AB", "news")]
    assert [row["act"] for row in kept["consents"]] == ["given"]
    await erase(world.engine, world.people["attendee"])
    assert await found(world) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1", "\u3000=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows == [["a"], [f"'{text}"]]


@pytest.mark.parametrize("blank", ["\t", "\r", "\n"])
def test_no_cell_is_a_formula_after_a_separator(blank: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(["a"], [[f"{blank}=1"]]).decode("utf-8-sig"), newline="")))
    assert rows == [["a"], [f"'{blank}'=1"]]


def test_sheets_are_composed_and_marked_as_utf_8() -> None:
    data = as_csv(["name"], [["Bjo\u0308rn, “流明”"], [-3]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines() == ['"name"', '"Björn, “流明”"', '"-3"']
