"""Organisers export one session, or the whole conference as a ZIP file."""

import csv
import io
import json
from zipfile import ZipFile

import pytest

from rooms.chat.messages import PostMessage, RemoveMessage
from rooms.chat.queries import latest_messages
from tests.support.visitor import Visitor, make_site
from tests.support.world import World
from tests.web.programme.test_conferences import session


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
async def organiser(world: World) -> Visitor:
    return await Visitor(make_site(world)).sign_in(world.people["organiser"], "/c/forum/organise/programme")


async def test_the_chat_of_a_session_is_exported(organiser: Visitor, world: World) -> None:
    """users.md 54."""
    await world.do("attendee", PostMessage("=1+1"))
    await world.do("other", PostMessage("Spam"))
    async with world.engine.database.read() as connection:
        spam = (await latest_messages(connection, world.room))[-1]
    await world.do("moderator", RemoveMessage(spam.id))
    path = f"/c/forum/organise/chat/{world.session}.csv"
    assert f'href="{path}"' in organiser.page
    found = rows((await organiser.get(path)).content)
    assert [(row["author"], row["text"], row["removed_by"]) for row in found] == [
        ("Attendee", "'=1+1", ""),
        ("Other", "Spam", "Moderator"),
    ]
    assert (await organiser.get("/c/forum/organise/chat/nothing.csv")).status_code == 404


async def test_a_whole_conference_is_exported_in_one_file(organiser: Visitor, world: World) -> None:
    """users.md 54."""
    await session(world, "人才中心 / ../up", 5)
    await world.ask("Why?", "attendee")
    world.clock.advance(seconds=1)
    await world.ask("Who asks?", "other", anonymous=True)
    await world.do("attendee", PostMessage("Hello"))
    await world.do("attendee", PostMessage("In the lobby"), room=world.lobby)
    assert 'href="/c/forum/organise/export.zip"' in organiser.page
    answer = await organiser.get("/c/forum/organise/export.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="forum-export.zip"' in answer.headers["content-disposition"]
    with ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        names = file.namelist()
        index = rows(file.read("sessions.csv"))
        assert [(row["title"], row["questions"]) for row in index] == [("Opening", "2"), ("人才中心 / ../up", "0")]
        opening, other = (row["folder"] for row in index)
        assert ".." not in other
        assert "/" not in other
        kinds = ("questions.csv", "questions.json", "polls.csv", "polls.json", "chat.csv")
        assert set(names) == {
            "sessions.csv",
            "lobby/chat.csv",
            *(f"{folder}/{kind}" for folder in (opening, other) for kind in kinds),
        }
        asked = rows(file.read(f"{opening}/questions.csv"))
        assert [(row["text"], row["author"]) for row in asked] == [("Why?", "Attendee"), ("Who asks?", "")]
        assert [each["text"] for each in json.loads(file.read(f"{opening}/questions.json"))["questions"]] == [
            "Why?",
            "Who asks?",
        ]
        assert [row["text"] for row in rows(file.read(f"{opening}/chat.csv"))] == ["Hello"]
        assert [row["text"] for row in rows(file.read("lobby/chat.csv"))] == ["In the lobby"]


@pytest.mark.parametrize("who", ["attendee", "moderator", "stranger"])
async def test_only_organisers_export(world: World, who: str) -> None:
    visitor = await Visitor(make_site(world)).sign_in(world.people[who])
    for path in ("export.zip", f"chat/{world.session}.csv"):
        assert (await visitor.get(f"/c/forum/organise/{path}")).status_code in {403, 404}
