"""S57: people who have done everything that one can do are exported and erased. Each writes words of their own, which must be gone afterwards."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.cooperation.documents.messages import ChangeDocument
from rooms.cooperation.messages import EntryContent
from rooms.cooperation.search_messages import SaveSearch
from rooms.core.commands.messages import Command
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.imports.uploads import keep_upload
from rooms.core.personal_data import NOBODY, REGISTERED
from rooms.core.store import audit, full_text
from rooms.core.store.database import metadata
from rooms.core.store.tables import persons
from rooms.exhibition.demos import PublishDemo
from rooms.exhibition.imports.importing import EXHIBITORS, import_exhibitors
from rooms.forum.polls.messages import HideText
from rooms.forum.questions.moderation_messages import EditQuestion
from rooms.organisations.messages import CreateOrganisation, MergeOrganisations
from rooms.people import accounts, links, signins, tokens
from rooms.people.erasure import erase, export
from rooms.programme.queries import conference
from rooms.recruitment.interviews.messages import CreateInfoSession
from rooms.recruitment.jobs.messages import JobContent
from tests.rooms.test_personal_data import CONTENT, EXCEPTIONS
from tests.support.clients import audience_everywhere
from tests.support.samples import Sample, every_sample, sample
from tests.support.world import World

ACTORS = ("attendee", "other", "staff", "owner", "speaker", "moderator", "organiser")
FREE = {"text", "reason", "remark", "comment", "title", "organisation", "tags", "labels", "options"}
FREE |= {"headline", "job", "note", "offers", "needs", "next_step", "answers"}
"""Fields of commands in which people write what they like. What a booth is called is the exhibitor's, and occurs in many places."""

AGAIN = ("lead.note", "contact.take", "call.rate")
"""What a later sample has undone."""

STAYS = {name for name, why in EXCEPTIONS.items() if why == CONTENT} | {"questions.labels", "booths.draft"}
"""Where words of an erased person may be found: in what belongs to the conference or to an exhibitor."""


def mark(who: str) -> str:
    return f"zq{who}"


def signed(who: str, command: Command) -> Command:
    """The command with a word of the person's own in whatever is free text."""
    if isinstance(
        command, HideText | EditQuestion | EntryContent | PublishDemo | ChangeDocument | JobContent | CreateInfoSession
    ):  # texts of somebody else, or of an organisation
        return command
    changed: dict[str, Any] = {}
    if isinstance(command, SaveSearch):
        changed = {"name": f"{command.name} {mark(who)}", "query": {**command.query, "words": mark(who)}}
    for field in msgspec.structs.fields(command):
        value = getattr(command, field.name)
        if field.name in FREE and type(value) is str and not is_id(value):
            changed[field.name] = f"{value}, {mark(who)}" if value else mark(who)
        elif field.name in FREE and type(value) is list:
            changed[field.name] = [f"{each} {mark(who)}" for each in value]
        elif field.name in FREE and type(value) is dict:
            changed[field.name] = {key: f"{each} {mark(who)}" for key, each in value.items()}
    return msgspec.structs.replace(command, **changed)


class Signing(World):
    """A world in which everybody's words can be recognised."""

    async def do(self, who: str | None, command: Command, **options: Any) -> Any:
        return await super().do(who, signed(who, command) if who else command, **options)


async def everything_done(world: World) -> None:
    """All commands of all slices, and what people do by forms and files."""
    world.lift_limits()
    async with world.engine.database.write() as connection:
        for who in ACTORS:
            named = {"name": f"{mark(who).title()} Quux", "email": f"{mark(who)}@example.org"}
            await connection.execute(persons.update().where(persons.c.id == world.people[who]).values(named))
    signing = Signing(**{name: getattr(world, name) for name in World.__dataclass_fields__})
    done: set[str] = set()
    async for op, made in every_sample(signing):
        if await _succeeds(signing, made):
            done.add(op)
    assert len(done) > 70, f"premise: nearly every command was done: {sorted(done)}"
    for op in AGAIN:
        made = await sample(signing, op)
        assert await _succeeds(signing, made), op
    here = await _conference(world)
    for who in ACTORS:
        person = world.people[who]
        async with world.engine.database.write() as connection:
            await signins.open_signin(connection, person, f"Device of {mark(who)}", world.clock())
            await tokens.make(connection, person, f"Token of {mark(who)}", 30, world.clock())
            link = links.EmailLink(links.LinkPurpose.CONFIRM, person, f"{mark(who)}.new@example.org", "", "/")
            await links.make(connection, link, world.clock())
    named = [
        EXHIBITORS.read(here, f"name,hall,owner\nFabrikam,Hall 9,{mark(who)}.later@example.org\n".encode())
        for who in ACTORS
    ]
    for table in named:
        exhibitors, _ = await table
        await import_exhibitors(world.engine, here, exhibitors, by=world.people["organiser"])
    async with world.engine.database.write() as connection:
        for who in ACTORS:
            changed = persons.update().where(persons.c.id == world.people[who])
            await connection.execute(changed.values(email=f"{mark(who)}.later@example.org"))
    for who in ACTORS:
        sheet = f"name,hall,owner\nFabrikam,Hall 9,{mark('other')}.later@example.org\n".encode()
        await keep_upload(world.engine, EXHIBITORS, here, world.people[who], f"{mark(who)}.csv", sheet)


async def _conference(world: World) -> Any:
    async with world.engine.database.read() as connection:
        return await conference(connection, "forum")


async def _succeeds(world: World, made: Sample) -> bool:
    world.clock.advance(seconds=1)
    try:
        await world.do(made.who, made.command, room=made.room)
    except Problem:
        return False
    return True


async def traces(world: World, word: str) -> Counter[str]:
    """In which columns of all tables, the journal among them, a word occurs, and how often."""
    return Counter([column async for column, value in _values(world) if word in value.lower()])


async def _values(world: World) -> AsyncIterator[tuple[str, str]]:
    async with world.engine.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(sa.select(table))).mappings():
                for name, value in row.items():
                    text = bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)
                    yield f"{table.name}.{name}", text
        for name in full_text.names(metadata):
            rows = await connection.execute(sa.text(f"SELECT CAST(terms AS TEXT) FROM {name}"))
            for terms in rows.scalars():
                yield f"{name}.terms", terms


async def test_nothing_is_left_of_people_who_did_everything(each_world: World) -> None:
    world = each_world
    await everything_done(world)
    found = {who: await traces(world, mark(who)) for who in ACTORS}
    assert {"messages.text", "messages.author_name", "journal.payload", "persons.email"} <= found["attendee"].keys(), (
        "premise"
    )
    assert {"notices.values", "leads.searched", "lead_notes.text"} <= found["staff"].keys(), "premise"
    anywhere = {column for columns in found.values() for column in columns}
    assert {"questions.answer", "questions.reason", "restraints.reason"} <= anywhere, "premise"
    assert {"outcomes.reply", "owner_invites.email", "uploads.data"} <= anywhere, "premise"
    assert {"entry_comments.text", "interests.text", "saved_searches.query"} <= anywhere, "premise"
    spectators = await audience_everywhere(world)
    for who in ACTORS:
        await erase(world.engine, world.people[who])
        assert (await traces(world, mark(who))).keys() - STAYS == set(), who
        spectators.clients = [client for client in spectators.clients if client.who != who]
        await spectators.verify()
    async with world.engine.database.read() as connection:
        for who in ACTORS:
            assert await accounts.find(connection, world.people[who]) is None
            select = sa.select(persons.c.name).where(persons.c.id == world.people[who])
            assert (await connection.execute(select)).scalar_one() == NOBODY
        assert await audit.verify(connection, world.conference) == []
        assert await audit.verify(connection, None) == []


UNEXPORTED = {
    "audit.subject": "what was done to the person is exported from its own tables",
    "bookings.host": "the booking is exported as the seat of the person in it",
    "blocks.blocked": "who has blocked the person is the other's secret",
    "connections.other": "what others share with the person, and how they answered, is theirs",
    "journal.person": "events are copies of what the tables hold",
    "meeting_requests.turn": "the requests that the person sent or received are exported",
    "notices.about": "the news of somebody else",
    "reports.person": "who has reported the person is the other's secret",
    "rooms.subject": "the desk, which is exported as notices",
}
ADDRESSED = {"restraints", "notices", "exhibitor_applications", "job_invitations", "meetups"}
"""Parts of an export that hold words of others, who have written them to the person."""


def exported() -> dict[str, str]:
    """The parts of an export by the columns whose rows they hold."""
    names = {f"{rows.table.name}.{rows.by}": rows.name for data in REGISTERED.values() for rows in data.rows}
    return {column: name for column, name in names.items() if column not in UNEXPORTED}


async def test_the_export_holds_every_row_of_a_person_and_no_words_of_others(world: World) -> None:
    await everything_done(world)
    parts = exported()
    ids = {who: world.people[who] for who in ACTORS}
    where: dict[str, dict[str, int]] = {who: {} for who in ACTORS}
    async for column, value in _values(world):
        for who, person in ids.items():
            if value == person:
                where[who][column] = where[who].get(column, 0) + 1
    assert len(where["staff"]) > 8, "premise"
    for who, person in ids.items():
        async with world.engine.database.read() as connection:
            kept = await export(connection, person)
        assert where[who].keys() - parts.keys() - UNEXPORTED.keys() == set(), who
        for column, number in where[who].items():
            if column in parts and column != "persons.id":
                assert len(kept[parts[column]]) == number, (who, column)
        assert kept["person"]["email"] == f"{mark(who)}.later@example.org"
        assert [row["booth"] for row in kept["owner_invites"]]
        own = {name: part for name, part in kept.items() if name not in ADDRESSED}
        text = msgspec.json.encode(own).decode().lower()
        for other in ACTORS:
            assert other == who or mark(other) not in text, (who, other)
        assert "argon2" not in text


async def test_everything_moves_when_an_organisation_is_merged(world: World) -> None:
    """Nothing that people have done names the old organisation afterwards, except what has happened: the audit log, the journal and old notices."""
    await everything_done(world)
    old = world.organisation
    before = await traces(world, old)
    assert {"booths.organisation", "entries.organisation", "jobs.organisation"} <= before.keys(), "premise"
    assert {"profile_shares.organisation", "organisation_members.organisation"} <= before.keys(), "premise"
    done = await world.do("organiser", CreateOrganisation("Quux Group"), room=world.lobby)
    into = msgspec.json.decode(done.reply)["organisation"]
    world.clock.advance(seconds=1)
    await world.do("organiser", MergeOrganisations(old, into), room=world.lobby)
    happened = ("audit.", "journal.", "outcomes.", "notices.", "uploads.")
    assert [column for column in await traces(world, old) if not column.startswith(happened)] == []
    after = await traces(world, into)
    moved = {
        column
        for column in before
        if column.endswith(".organisation") and column != "organisation_invitations.organisation"
    }
    assert moved <= after.keys()


async def test_an_erasure_is_of_one_person_alone(world: World) -> None:
    """What others wrote is still there, word for word."""
    await everything_done(world)
    before = await traces(world, mark("other"))
    await erase(world.engine, world.people["attendee"])
    gone = before - await traces(world, mark("other"))
    # Notices on the desk of the person who is erased name others, and go with the desk.
    assert gone.keys() <= {"journal.payload", "notices.values", "outcomes.reply", "uploads.data"}
