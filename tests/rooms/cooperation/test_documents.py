"""Documents of entries: uploaded into a draft, published with it, and read by those whom the organisation approves."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import queries
from rooms.cooperation.documents import actions
from rooms.cooperation.documents import messages as d
from rooms.cooperation.documents import queries as documents
from rooms.cooperation.documents.tables import entry_files, entry_readers
from rooms.cooperation.search import Query, page
from rooms.core.files.intake import Intake
from rooms.core.files.store import FolderStore
from rooms.people.erasure import erase, export
from rooms.people.messages import BlockPerson, RemovePerson
from tests.support import files
from tests.support.cooperation import PAPER, asks_to_read, documented, drafted, entry_type, published, upload
from tests.support.refusals import refused
from tests.support.world import World


@pytest.fixture
def intake(world: World, tmp_path: Path) -> Intake:
    return Intake(world.engine, FolderStore(tmp_path / "files"))


async def known(world: World, entry: str) -> set[str]:
    async with world.engine.database.read() as connection:
        return set(
            (await connection.execute(sa.select(entry_files.c.id).where(entry_files.c.entry == entry))).scalars()
        )


async def row(world: World, entry: str) -> Any:
    async with world.engine.database.read() as connection:
        return await queries.entry_row(connection, world.conference, entry)


async def reads(world: World, entry: str, document: str, who: str) -> bool:
    async with world.engine.database.read() as connection:
        here = await queries.entry_row(connection, world.conference, entry)
        file = await documents.document_row(connection, world.conference, document)
        return await documents.may_read(connection, here, file, world.people[who])


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [each.kind for each in view.snapshot.notices]  # type: ignore[attr-defined]


async def test_a_document_is_published_with_its_draft(world: World, intake: Intake) -> None:
    entry, first = await documented(world, intake, gated=False, approved=False)
    assert not await reads(world, entry, first, "attendee"), "the draft waits for approval"
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    assert await reads(world, entry, first, "attendee")
    second = await upload(world, intake, entry, gated=False)
    assert (await row(world, entry)).review == "draft"
    assert await reads(world, entry, first, "attendee")
    assert not await reads(world, entry, second, "attendee")
    third = await upload(world, intake, entry, gated=False)
    assert await known(world, entry) == {first, third}, "nothing refers to the second one any more"
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    assert await known(world, entry) == {third}
    await world.do("staff", m.WithdrawEntry(entry), room=world.lobby)
    assert not await reads(world, entry, third, "attendee")


async def test_a_document_is_removed_at_once(world: World, intake: Intake) -> None:
    entry, document = await documented(world, intake)
    await world.do("staff", d.RemoveDocument(document), room=world.lobby)
    assert (await row(world, entry)).values == {}
    assert await known(world, entry) == set()


async def test_a_value_names_only_a_document_of_its_own_entry_and_field(world: World, intake: Intake) -> None:
    entry, document = await documented(world, intake)
    other = await drafted(world, (await row(world, entry)).type, values={})
    for stolen in (document, "a" * 20, "x"):
        with refused("invalid", "paper"):
            await world.do("staff", m.DraftEntry("x", entry=other, values={"paper": stolen}), room=world.lobby)
    await world.do("staff", m.DraftEntry("x", entry=entry, values={"paper": document}), room=world.lobby)
    assert await known(world, entry) == {document}
    with refused("invalid", "field"):
        await upload(world, intake, entry, field="stage")


async def test_only_its_organisation_and_organisers_change_documents(world: World, intake: Intake) -> None:
    entry, document = await documented(world, intake, gated=False)
    for who in ("attendee", "moderator", "speaker"):
        for command in (d.ChangeDocument(document, "x", gated=False), d.RemoveDocument(document)):
            with refused("not_found", "document"):
                await world.do(who, command, room=world.lobby)
        with refused("forbidden"):
            await upload(world, intake, entry, who=who)
    await world.do("organiser", d.ChangeDocument(document, "Better", gated=True), room=world.lobby)
    assert not await reads(world, entry, document, "attendee")


async def test_unsafe_and_large_content_is_refused(
    world: World, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, document = await documented(world, intake)
    for data in (files.HTML, files.SVG, b"MZ\x90\x00"):
        with refused("invalid", "file"):
            await upload(world, intake, entry, data)
    monkeypatch.setattr(actions, "MOST_BYTES", 100)
    with refused("conflict", "file"):
        await upload(world, intake, entry)
    assert await known(world, entry) == {document}
    assert await intake.delete_unknown(-1.0) == 0, "what was refused is not in the store"


async def test_readers_are_approved_one_by_one_and_access_is_revoked(world: World, intake: Intake) -> None:
    entry, document = await documented(world, intake)
    assert not await reads(world, entry, document, "attendee")
    await asks_to_read(world, entry)
    assert await notices(world, "owner") == ["reader.new", "entry.approved"]
    with refused("conflict", "entry"):
        await asks_to_read(world, entry)
    person = world.people["attendee"]
    for who in ("attendee", "speaker"):
        with refused("forbidden"):
            await world.do(who, d.ApproveReader(entry, person), room=world.lobby)
    with refused("not_found", "person"):
        await world.do("staff", d.ApproveReader(entry, world.people["speaker"]), room=world.lobby)
    await world.do("staff", d.ApproveReader(entry, person), room=world.lobby)
    assert await reads(world, entry, document, "attendee")
    assert not await reads(world, entry, document, "speaker")
    world.clock.advance(seconds=1)
    await world.do("owner", d.RefuseReader(entry, person), room=world.lobby)
    assert not await reads(world, entry, document, "attendee")
    with refused("conflict", "entry"):
        await asks_to_read(world, entry)
    assert await notices(world, "attendee") == ["reader.refused", "reader.approved"]


async def test_who_is_blocked_reads_nothing(world: World, intake: Intake) -> None:
    entry, document = await documented(world, intake)
    await asks_to_read(world, entry)
    await world.do("staff", d.ApproveReader(entry, world.people["attendee"]), room=world.lobby)
    block = BlockPerson(world.people["attendee"])
    await world.do("owner", block, room=await world.desk("owner"))
    assert not await reads(world, entry, document, "attendee")


async def test_nobody_asks_where_nobody_could_answer_or_there_is_nothing_to_ask(world: World, intake: Intake) -> None:
    with refused("conflict", "entry"):
        await asks_to_read(world, await published(world))
    entry, _ = await documented(world, intake)
    with refused("forbidden"):
        await asks_to_read(world, entry, "staff")
    for who in ("owner", "staff"):
        await world.do("organiser", RemovePerson(world.people[who]), room=world.lobby)
    with refused("conflict", "entry"):
        await asks_to_read(world, entry)


async def test_a_required_document_is_asked_for_before_approval(world: World, intake: Intake) -> None:
    type = await entry_type(world, fields=[m.FieldView("paper", m.FieldKind.FILE, "Paper", required=True)])
    entry = await drafted(world, type, values={})
    with refused("invalid", "paper"):
        await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    await upload(world, intake, entry)
    await world.do("staff", m.SubmitEntry(entry), room=world.lobby)


async def test_options_are_found_in_their_translation_and_documents_are_not(world: World, intake: Intake) -> None:
    named = {"zh_Hans": {"Public": "公共资金", "Unknown": "x"}}
    choice = m.FieldView("funding", m.FieldKind.CHOICE, "Funding", options=["Public", "Private"], option_texts=named)
    type = await entry_type(world, fields=[choice, PAPER])
    entry = await drafted(world, type, values={"funding": "Public"})
    document = await upload(world, intake, entry, name="zqsecret.pdf")
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    async with world.engine.database.read() as connection:
        stored = queries.type_of(await queries.type_row(connection, world.conference, type))
        assert stored.fields[0].option_texts == {"zh_Hans": {"Public": "公共资金"}}
        found = {
            words: [each.id for each in await page(connection, world.conference, Query(words=words), 0)]
            for words in ("公共资金", "zqsecret", document)
        }
    assert found == {"公共资金": [entry], "zqsecret": [], document: []}


# S57


async def test_an_erased_reader_leaves_no_trace(world: World, intake: Intake) -> None:
    entry, _ = await documented(world, intake)
    await asks_to_read(world, entry)
    async with world.engine.database.read() as connection:
        kept = await export(connection, world.people["attendee"])
        assert [each["reason"] for each in kept["entry_readers"]] == ["We test such cells."]
        assert (await export(connection, world.people["speaker"]))["entry_readers"] == []
    await erase(world.engine, world.people["attendee"])
    await erase(world.engine, world.people["staff"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(entry_readers))).all() == []
        assert list((await connection.execute(sa.select(entry_files.c.added_by))).scalars()) == [None]
