"""The export of a session's questions: all of them, with acts, times and actors; who asked anonymously stays unknown."""

import csv
import io
from typing import Any

import msgspec

from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.export import as_csv, as_json, export_questions
from tests.support.world import World


async def exported(world: World) -> tuple[list[dict[str, Any]], list[dict[str, str]], bytes]:
    """The questions of the JSON, the rows of the CSV, and both files as they are."""
    async with world.engine.database.read() as connection:
        found = await export_questions(connection, world.session, world.room, world.clock())
    json, table = as_json(found), as_csv(found)
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    return msgspec.json.decode(json)["questions"], rows, json + table


async def ask(world: World, text: str, who: str = "attendee", *, anonymous: bool = False) -> str:
    world.clock.advance(seconds=1)
    return await world.ask(text, who, anonymous=anonymous)


async def version(world: World, question: str) -> int:
    return (await world.question(question)).version


async def test_dismissed_questions_have_reason_actor_and_time(world: World) -> None:
    question = await world.ask("Why?")
    world.clock.advance(minutes=2)
    dismissed_at = world.clock()
    await world.do("moderator", m.DismissQuestion(question, await version(world, question), reason="Off topic"))
    [record], [row], _ = await exported(world)
    assert (record["state"], record["reason"], record["decided_by"]) == ("dismissed", "Off topic", "Moderator")
    assert [(act["act"], act["by"]) for act in record["acts"]] == [
        ("question.asked", None),
        ("question.dismissed", "Moderator"),
    ]
    assert msgspec.convert(record["acts"][1]["at"], type=type(dismissed_at)) == dismissed_at
    assert row["acts"].endswith(f"{dismissed_at.isoformat(timespec='seconds')} question.dismissed (Moderator)")


async def test_answers_merges_and_votes(world: World) -> None:
    first, second = await ask(world, "How?"), await ask(world, "How come?", "other")
    for question in (first, second):
        await world.do("moderator", m.ApproveQuestion(question, await version(world, question)))
    await world.do("moderator", m.MergeQuestion(second, await version(world, second), first))
    await world.do("moderator", m.MarkAnswered(first))
    records, rows, _ = await exported(world)
    assert [(each["state"], each["into"], each["votes"]) for each in records] == [
        ("approved", None, 2),
        ("merged", first, 1),
    ]
    assert records[0]["answered_at"]
    assert [row["text"] for row in rows] == ["How?", "How come?"]


async def test_who_asked_anonymously_is_in_neither_file(world: World) -> None:
    await ask(world, "Named", "other")
    await ask(world, "Masked", anonymous=True)
    records, rows, files = await exported(world)
    assert [(each["author"], each["anonymous"]) for each in records] == [("Other", False), (None, True)]
    assert [row["author"] for row in rows] == ["Other", ""]
    assert b"Other" in files
    assert b"Attendee" not in files
    assert world.people["attendee"].encode() not in files


async def test_no_cell_is_a_formula(world: World) -> None:
    texts = ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "all is well"]
    for text in texts:
        await ask(world, text)
    records, rows, _ = await exported(world)
    assert [each["text"] for each in records] == texts
    assert [row["text"] for row in rows] == [f"'{text}" for text in texts[:4]] + ["all is well"]
