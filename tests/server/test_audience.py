"""The simulated audience: lively, polite, and not to be deceived."""

import argparse
import asyncio
import random
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.websockets import WebSocket

from rooms.chat.messages import SetChat
from rooms.chat.tables import messages
from rooms.core.store.tables import persons
from rooms.core.text import clean_line, clean_text
from rooms.forum.hosting_messages import SetAsking, SetReview
from rooms.forum.polls.messages import Drafted, DraftPoll, OpenPoll, PollKind
from rooms.forum.polls.tables import poll_answers
from rooms.forum.tables import questions, votes
from rooms.people.tables import signins
from server import audience
from server.audience import words
from server.audience.client import Client, LiveAddress
from server.audience.crowd import door_of
from server.audience.tally import Tally
from server.settings import read_settings
from tests.support.coturn import make_certificate
from tests.support.server import Server, furnish, running_server
from tests.support.serving import serving
from tests.support.world import World


@pytest.fixture
async def furnished(server: Server) -> AsyncIterator[World]:
    """Without review, so that what is asked can be voted for at once."""
    world = await furnish(server)
    await world.do("moderator", SetReview(required=False))
    yield world
    await world.close()


async def run(server: Server, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-m", "server", "audience", *arguments,
        env=server.environment, cwd=server.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def rows(world: World, table: Any) -> list[Any]:
    async with world.engine.database.read() as connection:
        return list(await connection.execute(table.select()))


async def test_ten_people_fill_a_room_and_leave_it_tidy(server: Server, furnished: World) -> None:
    drafted = await furnished.do("moderator", DraftPoll(PollKind.SINGLE, "Which way?", ["Left", "Right"]))
    await furnished.do("moderator", OpenPoll(msgspec.json.decode(drafted.reply, type=Drafted).poll))
    people = ("--people", "10", "--minutes", "0.15", "--pace", "40", "--seed", "7", "--session", furnished.session)
    process = await run(server, *people)
    output, faults = await asyncio.wait_for(process.communicate(), 90)
    said = output.decode()
    assert (process.returncode, faults.decode()) == (0, ""), said
    assert "10 people come to “Opening”" in said
    assert "holes 0 · duplicates 0" in said
    assert "Nobody missed anything" in said
    guests = {row.id for row in await rows(furnished, persons) if row.name.endswith(words.MARK)}
    assert len(guests) == 10
    asked, chatted, voted = [await rows(furnished, table) for table in (questions, messages, votes)]
    assert {row.author for row in [*asked, *chatted]} <= guests
    assert asked
    assert chatted
    assert {row.person for row in await rows(furnished, poll_answers)} & guests, "they answer the poll"
    assert len(voted) > len(asked), "they vote for what others have asked too"
    assert all(row.revoked_at is not None for row in await rows(furnished, signins) if row.person in guests)


async def test_an_interrupt_ends_it_calmly(server: Server, furnished: World) -> None:
    process = await run(server, "--people", "5", "--minutes", "5", "--session", furnished.session)
    assert process.stdout is not None
    await process.stdout.readline()
    await asyncio.sleep(2)
    process.send_signal(signal.SIGINT)
    output, faults = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, faults.decode()) == (0, ""), output.decode()
    assert "All have left" in output.decode()
    assert all(row.revoked_at is not None for row in await rows(furnished, signins))


async def test_locked_asking_and_slow_chat_are_honoured(server: Server, furnished: World) -> None:
    from rooms.forum.hosting_messages import Asking

    await furnished.do("moderator", SetAsking(Asking.LOCKED))
    await furnished.do("moderator", SetChat(open=True, slow_seconds=3600))
    people = ("--people", "12", "--minutes", "0.1", "--pace", "60", "--seed", "7", "--session", furnished.session)
    process = await run(server, *people)
    output, _ = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, output.decode()
    assert await rows(furnished, questions) == []
    authors = [row.author for row in await rows(furnished, messages)]
    assert authors
    assert len(authors) == len(set(authors)), "each said one thing at most"


async def test_a_server_that_is_not_there_is_a_fault(server: Server, furnished: World) -> None:
    server.stop()
    process = await run(server, "--people", "2", "--minutes", "0.03", "--session", furnished.session)
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert "nobody got in" in output.decode()


async def test_a_certificate_that_is_not_trusted_is_named_at_once(
    server: Server, furnished: World, tmp_path: Path
) -> None:
    """calls.md L6: it said "0/300 connected" to the end, then asked whether the server runs."""
    certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate["cert"], certificate["pkey"])

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context) as listening:
        url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        began = asyncio.get_running_loop().time()
        process = await run(server, "--people", "3", "--minutes", "3", "--session", furnished.session, "--url", url)
        output, _ = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == 1
    assert asyncio.get_running_loop().time() - began < 90, "it does not wait to the end"
    said = output.decode()
    assert f"the certificate of {url.replace('https', 'wss')}/live is not trusted: self-signed certificate" in said
    assert "SSL_CERT_FILE" in said
    assert "is the server running" not in said


async def test_an_unknown_session_is_said_plainly(server: Server, furnished: World) -> None:
    process = await run(server, "--session", "a" * 20)
    _, faults = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert "no such session" in faults.decode()
    assert "Traceback" not in faults.decode()


async def test_people_on_another_process_see_the_same(redis_url: str, postgres_url: str) -> None:
    with running_server(postgres_url, redis=redis_url, workers=2) as server:
        world = await furnish(server)
        people = ("--people", "12", "--minutes", "0.1", "--pace", "30", "--seed", "3", "--session", world.session)
        process = await run(server, *people)
        output, faults = await asyncio.wait_for(process.communicate(), 90)
        assert (process.returncode, faults.decode()) == (0, ""), output.decode()
        await world.close()


# What it notices


def joined(seq: int) -> dict[str, Any]:
    return {"epoch": "e", "seq": seq, "audience": "everyone", "snapshot": {}, "own": {"votes": []}, "latest": {}}


async def test_holes_and_doubles_are_counted() -> None:
    """A faulty server sends these. The checks of the audience must find them."""
    room = "a" * 20
    script = [
        [{"seq": 5}, {"seq": 6, "type": "x"}],
        [{"seq": 6, "type": "x"}],
        [{"seq": 9, "type": "x"}],
    ]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept("plenary.v1.json")
        await socket.receive_text()
        await socket.send_json({"op": "welcome"})
        join = msgspec.json.decode(await socket.receive_text())
        await socket.send_json({"id": join["id"], "ok": joined(4)})
        for events in script:
            await socket.send_json({"room": room, "events": events})
        await socket.close(4401)

    async def ticket() -> str:
        return "t"

    async def stay() -> None:
        await asyncio.Event().wait()

    tally, received = Tally(1), []
    async with serving(app, ws="websockets-sansio") as port:
        door = LiveAddress(f"ws://127.0.0.1:{port}/live", f"http://127.0.0.1:{port}", None)
        client = Client(
            door, room, ticket, tally, packed=False,
            on_event=lambda event, late: received.append((event["seq"], late)), entered=lambda _: None, values=lambda _: None,
        )  # fmt: skip
        with pytest.raises(Exception, match="4401"):
            await client.follow(stay)
    assert (tally.holes, tally.doubles, tally.events) == (1, 1, 3)
    assert received == [(6, False), (9, False)]
    assert not tally.sound


def test_a_tally_tells_its_story_in_one_line() -> None:
    clock = iter([10.0, 10.25, 11.0])
    tally = Tally(200, now=lambda: next(clock), connected=198, events=4)
    tally.sent("a")
    tally.seen("a")
    tally.seen("a")
    tally.seen("never sent")
    assert tally.line(75).startswith("01:15 · 198/200 connected · 0 messages")
    assert "worst lag 1000 ms" in tally.line(75)
    assert tally.sound


# What it says


def test_everything_it_says_fits() -> None:
    for text in [*words.CHAT, *(way for topic in words.TOPICS for way in topic)]:
        assert clean_text(text, 500) == text
    chance = random.Random(1)
    names = {words.name(chance) for _ in range(300)}
    assert len(names) > 200
    assert all(clean_line(name, 80) == name for name in names)


def test_questions_repeat_their_topics_and_not_their_words() -> None:
    given = words.QuestionSupply(random.Random(1))
    asked = [given.next() for _ in range(400)]
    assert len(set(asked)) == len(asked)
    topics = [next(number for number, ways in enumerate(words.TOPICS) if text in ways) for text in asked[:40]]
    assert len(set(topics)) < 20, "near-duplicates are there to be merged"
    assert len({topic for topic in topics if topics.count(topic) > 2}) >= 3
    assert any("\u4e00" <= email <= "\u9fff" for email in "".join(asked[:20]))


# Where it goes


def test_it_stays_on_this_machine_unless_it_is_sent_elsewhere(tmp_path: Any) -> None:
    environment = {"PLENARY_DATA": str(tmp_path), "PLENARY_URL": "https://forum.example", "PLENARY_PORT": "8123"}
    settings = read_settings(environment)
    assert door_of(settings, None) == LiveAddress(
        "ws://forum.example/live", "https://forum.example", ("127.0.0.1", 8123)
    )
    assert door_of(settings, "https://other.example") == LiveAddress(
        "wss://other.example/live", "https://other.example", None
    )
    everywhere = read_settings({**environment, "PLENARY_HOST": "0.0.0.0"})
    assert door_of(everywhere, None).target == ("127.0.0.1", 8123)


@pytest.mark.parametrize(
    "arguments", [["--people", "0"], ["--people", "1000000"], ["--minutes", "9999"], ["--pace", "x"]]
)
def test_it_is_bounded(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    audience.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(arguments)
    assert arguments[0] in capsys.readouterr().err
