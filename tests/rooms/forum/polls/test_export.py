"""The export of a session's polls: all of them, with whatever was answered; nobody's name."""

import csv
import io
from typing import Any

import msgspec

from rooms.core.store.tables import persons
from rooms.forum.polls import messages as m
from rooms.forum.polls.export import as_csv, as_json, export_polls
from rooms.forum.polls.queries import TEXTS_SHOWN
from rooms.forum.polls.tables import poll_texts
from tests.support.world import World

Kind = m.PollKind


async def exported(world: World) -> tuple[list[dict[str, Any]], list[dict[str, str]], bytes]:
    """The polls of the JSON, the rows of the CSV, and both files as they are."""
    async with world.engine.database.read() as connection:
        found = await export_polls(connection, world.session, world.room, world.clock())
    json, table = as_json(found), as_csv(found)
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    return msgspec.json.decode(json)["polls"], rows, json + table


async def draft(world: World, kind: m.PollKind, *options: str) -> str:
    world.clock.advance(seconds=1)
    drafted = await world.do("moderator", m.DraftPoll(kind, f"A {kind.value} one?", list(options), m.Reveal.NEVER))
    return msgspec.json.decode(drafted.reply, type=m.Drafted).poll


async def test_every_kind_in_every_state_with_its_counts(world: World) -> None:
    choice, rating = await draft(world, Kind.SINGLE, "Left", "=Right"), await draft(world, Kind.RATING)
    await draft(world, Kind.MULTIPLE, "Tea", "Coffee")
    for poll in (choice, rating):
        await world.do("moderator", m.OpenPoll(poll))
    await world.do("attendee", m.AnswerPoll(choice, 1, [2]))
    await world.do("other", m.AnswerPoll(choice, 1, [2]))
    await world.do("attendee", m.AnswerPoll(rating, 1, [4]))
    await world.do("moderator", m.ClosePoll(choice))
    await world.do("moderator", m.ClosePoll(rating))
    await world.do("moderator", m.ArchivePoll(rating))
    polls, rows, both = await exported(world)
    assert [(poll["kind"], poll["state"], poll["voters"]) for poll in polls] == [
        ("single", "closed", 2),
        ("rating", "archived", 1),
        ("multiple", "draft", 0),
    ]
    results = [{result["answer"]: result["count"] for result in poll["results"]} for poll in polls]
    assert results == [{"Left": 0, "=Right": 2}, {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}, {"Tea": 0, "Coffee": 0}]
    assert [(row["title"], row["answer"], row["count"]) for row in rows[:2]] == [
        ("A single one?", "Left", "0"),
        ("A single one?", "'=Right", "2"),
    ]
    assert len(rows) == 9
    assert b"Attendee" not in both
    assert world.people["attendee"].encode() not in both


async def test_all_texts_are_exported_and_hidden_ones_marked(world: World) -> None:
    poll = await draft(world, Kind.TEXT)
    await world.do("moderator", m.OpenPoll(poll))
    await world.do("attendee", m.AnswerPoll(poll, 1, text="Courage"))
    await world.do("other", m.AnswerPoll(poll, 1, text="Rubbish"))
    await world.do("moderator", m.HideText(poll, "rubbish", True))
    async with world.engine.database.write() as connection:  # more of them than a page shows
        for number in range(TEXTS_SHOWN):
            person = {
                "id": f"{number:020}",
                "name": "Writer",
                "kind": "guest",
                "calendar_key": f"{number:020}",
                "created_at": world.clock(),
            }
            await connection.execute(persons.insert().values(person))
            text = {"poll": poll, "person": person["id"], "folded": f"word {number}", "text": f"Word {number}"}
            await connection.execute(poll_texts.insert().values(text))
    [found], rows, both = await exported(world)
    assert len(found["results"]) == len(rows) == TEXTS_SHOWN + 2
    assert {result["answer"] for result in found["results"] if result["hidden"]} == {"Rubbish"}
    assert [row["answer"] for row in rows if row["hidden"] == "yes"] == ["Rubbish"]
    assert b"Writer" not in both


async def test_a_poll_without_answers_has_a_row(world: World) -> None:
    await draft(world, Kind.CLOUD)
    polls, [row], _ = await exported(world)
    assert polls[0]["results"] == []
    assert (row["kind"], row["voters"], row["answer"], row["count"]) == ("cloud", "0", "", "")
