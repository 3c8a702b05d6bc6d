"""S28: before the close, the results of a poll are only sent to moderators: by no live event or latest value, snapshot, answer, page or feed."""

import re
from typing import Any

import msgspec
import pytest

from rooms.core.engine import Engine
from rooms.core.ids import new_id
from rooms.core.store.journal import ReadPosition
from rooms.core.store.tables import persons
from rooms.forum.polls import messages as m
from rooms.people.erasure import export
from server.api.contract import OPERATIONS
from tests.support.program import Program, make_token
from tests.support.visitor import Visitor
from tests.support.waiting import settled
from tests.support.world import ListSink, World
from web.site import Site

VOTERS = {1: 23, 2: 14}
"""How many choose each option: numbers that appear nowhere else, with a word that only they write."""
WORD = "quixotically"

OUTSIDERS = ("attendee", "speaker", "interpreter", "exhibitor", "guest", "stranger", None)
PAGES = ("", "/moderate", "/speak", "/screen", "/screen?overlay=1", "/messages", ".ics")


@pytest.fixture
async def voted(world: World) -> tuple[str, str]:
    """An open poll with the votes, and an open word cloud into which all of them write the word."""
    world.lift_limits()
    people = {f"voter {n}": new_id() for n in range(sum(VOTERS.values()))}
    rows = [
        {"id": id, "name": name, "kind": "guest", "calendar_key": new_id(), "created_at": world.clock()}
        for name, id in people.items()
    ]
    async with world.engine.database.write() as connection:
        await connection.execute(persons.insert(), rows)
    world.people |= people
    polls: list[str] = []
    for kind in (m.PollKind.SINGLE, m.PollKind.CLOUD):
        drafted = await world.do("moderator", m.DraftPoll(kind, "Which way?", ["Left", "Right"]))
        polls.append(msgspec.json.decode(drafted.reply, type=m.Drafted).poll)
        await world.do("moderator", m.OpenPoll(polls[-1]))
        await world.do("moderator", m.ShowPollOnScreen(polls[-1]))
    return polls[0], polls[1]


async def vote(world: World, voted: tuple[str, str]) -> None:
    choices = [choice for choice, count in VOTERS.items() for _ in range(count)]
    for n, choice in enumerate(choices):
        await world.do(f"voter {n}", m.AnswerPoll(voted[0], 1, [choice]))
        await world.do(f"voter {n}", m.AnswerPoll(voted[1], 1, text=WORD))


def tells(text: str) -> bool:
    """Whether it contains a count, the sum, a percentage or the written word."""
    total = sum(VOTERS.values())
    numbers = {*VOTERS.values(), total, *(round(100 * count / total) for count in VOTERS.values())}
    written = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "", text)  # moments
    written = re.sub(r' (d|viewBox)="[^"]*"', "", written)  # the drawing of a QR code
    found = {int(each) for each in re.findall(r"(?<![\w.:#-])\d{1,4}(?![\w:-])", written)}
    return bool(found & numbers) or WORD in text.lower() or '"voters":' in text


async def joined(world: World, who: str | None, **options: Any) -> ListSink:
    return (await world.join(who, **options))[1]


async def by_any_way(
    site: Site, world: World, engine: Engine, who: str | None, sinks: list[ListSink]
) -> dict[str, str]:
    """Everything that a person can get, by source."""
    await settled(engine)
    found = {f"connection {n}": msgspec.json.encode(sink.messages).decode() for n, sink in enumerate(sinks)}
    for public in (False, True):
        sink = await joined(world, who, public=public)
        found[f"join, public: {public}"] = msgspec.json.encode(sink.messages).decode()
        epoch = sink.joined["epoch"]
        resumed = await joined(world, who, public=public, after=ReadPosition(epoch, 0))
        found[f"tail, public: {public}"] = msgspec.json.encode(resumed.messages).decode()
    visitor = Visitor(site)
    if who is not None:
        await visitor.sign_in(world.people[who])
    for page in PAGES:
        found[f"page {page}"] = (await visitor.get(f"/c/forum/sessions/{world.session}{page}")).text
    for path in (
        "/c/forum",
        "/c/forum/programme",
        f"/c/forum/organise/questions/{world.session}.json",
        f"/c/forum/organise/polls/{world.session}.json",
        f"/c/forum/organise/polls/{world.session}.csv",
        "/c/forum/programme.ics",
    ):
        found[path] = (await visitor.get(path)).text
    program = Program(site, (await make_token(world, who))[1] if who is not None else "")
    known = {"conference": "forum", "session": world.session, "room": world.room}
    for name, operation in OPERATIONS.items():
        if operation.method == "GET" and set(operation.parts) <= set(known):
            answer = await program.call(name, **{part: known[part] for part in operation.parts})
            found[f"operation {name}"] = answer.text
    await program.http.aclose()
    if who is not None:
        async with engine.database.read() as connection:
            found["personal data"] = str(await export(connection, world.people[who]))
    return found


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_s28_before_the_close_nothing_tells_the_results(
    site: Site, world: World, voted: tuple[str, str], who: str | None
) -> None:
    sinks = [await joined(world, who), await joined(world, who, public=True)]
    before = [len(sink.messages) for sink in sinks]
    await vote(world, voted)
    if who in {"attendee", "guest", "speaker"}:
        outcome = await world.do(who, m.AnswerPoll(voted[0], 1, [2]))
        assert outcome.reply == b"null"
        await world.do(who, m.RetractAnswer(voted[0]))
    found = await by_any_way(site, world, world.engine, who, sinks)
    assert sum("Which way?" in text for text in found.values()) >= 6, "the poll itself is sent"
    assert [where for where, text in found.items() if tells(text)] == []
    news = [message for sink, seen in zip(sinks, before, strict=True) for message in sink.messages[seen:]]
    named = {name for message in news for name in message.get("latest", {})} | {
        "events" for message in news if "events" in message
    }
    assert named <= {"own_answers", "present"}, "not even that others have answered"

    # And that this would have found them: they are there after the close.
    for poll in voted:
        await world.do("moderator", m.ClosePoll(poll))
    after = await by_any_way(site, world, world.engine, who, sinks)
    received = {where for where, text in after.items() if tells(text)}
    ways = {"connection 0", "connection 1", "join, public: False", "join, public: True", "page ", "page /screen"}
    assert received >= {*ways, "operation room_snapshot"}


async def test_s28_moderators_see_them_all_the_while(world: World, voted: tuple[str, str]) -> None:
    sink = await joined(world, "moderator")
    await vote(world, voted)
    await settled(world.engine)
    assert tells(msgspec.json.encode(sink.messages).decode())
    assert sink.latest("poll_tallies")[voted[0]]["tally"]["counts"] == list(VOTERS.values())
    assert sink.latest("poll_results") == {}


async def test_s28_a_former_moderator_receives_no_more(world: World, voted: tuple[str, str]) -> None:
    from rooms.core.commands.people import Role
    from rooms.people.messages import RevokeRole

    sink = await joined(world, "moderator")
    await world.do("organiser", RevokeRole(world.people["moderator"], Role.MODERATOR))
    await settled(world.engine)
    seen = len(sink.messages)
    await vote(world, voted)
    await settled(world.engine)
    assert not tells(msgspec.json.encode(sink.messages[seen:]).decode())
    fresh = await joined(world, "moderator")
    assert "poll_tallies" not in fresh.joined["latest"]
    assert not tells(msgspec.json.encode(fresh.messages).decode())


@pytest.mark.parametrize("reveal", m.Reveal)
async def test_s28_results_hidden_again_reach_no_newcomer(
    world: World, voted: tuple[str, str], reveal: m.Reveal
) -> None:
    await vote(world, voted)
    for poll in voted:
        await world.do("moderator", m.RevealPoll(poll, m.Reveal.LIVE))
    await settled(world.engine)
    assert tells(msgspec.json.encode((await joined(world, "other")).messages).decode())
    for poll in voted:
        await world.do("moderator", m.RevealPoll(poll, reveal))
    await settled(world.engine)
    fresh = msgspec.json.encode((await joined(world, "other")).messages).decode()
    assert tells(fresh) is (reveal is m.Reveal.LIVE)
