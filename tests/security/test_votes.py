"""Votes that are nobody's: row 38 of the features. A thousand scripted votes move no rank."""

import asyncio
from collections import Counter

import httpx
import msgspec

from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people.tickets import issue_ticket
from server import api
from server.live.connection import Connection
from signaling.calls import Calls
from tests.support.visitor import make_app, make_site
from tests.support.world import ListSink, World

VOTES = 1000


async def approved(world: World) -> str:
    question = await world.ask("Whose votes count?")
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    return question


async def test_votes_without_a_sign_in_move_no_rank_over_http(world: World) -> None:
    question = await approved(world)
    transport = httpx.ASGITransport(make_app(make_site(world), *api.routes()), client=("203.0.113.9", 50000))
    answers: Counter[int] = Counter()
    async with httpx.AsyncClient(transport=transport, base_url="https://forum.example") as http:
        for number in range(VOTES):
            body = {"op": "question.vote", "key": f"script-{number}", "question": question}
            headers = {"Authorization": f"Bearer plenary_{number}"} if number % 2 else {}
            answer = await http.post(f"/api/v1/rooms/{world.room}/commands", json=body, headers=headers)
            answers[answer.status_code] += 1
    assert answers.keys() <= {401, 429}
    assert (await world.question(question)).votes == 1
    await world.do("other", VoteQuestion(question))
    assert (await world.question(question)).votes == 2, "a vote of a person counts"


async def test_votes_without_a_sign_in_move_no_rank_over_live_connections(world: World) -> None:
    question = await approved(world)
    sinks: list[ListSink] = []

    async def script(number: int) -> None:
        sink = ListSink()
        sinks.append(sink)
        connection = Connection(world.engine, Calls(world.engine), sink, f"script {number}", str)
        for message in (
            {"op": "hello", "ticket": issue_ticket(world.engine, None)},
            *(
                {
                    "op": "question.vote",
                    "id": id,
                    "room": world.room,
                    "key": f"script-{number}-{id}",
                    "question": question,
                }
                for id in range(VOTES // 20)
            ),
        ):
            await connection.receive(msgspec.json.encode(message).decode())
        connection.end()

    await asyncio.gather(*map(script, range(20)))
    codes = Counter(message["error"]["code"] for sink in sinks for message in sink.messages if "error" in message)
    assert codes == {"not_signed_in": VOTES}
    assert (await world.question(question)).votes == 1


async def test_one_persons_scripts_count_once(world: World) -> None:
    """Tokens, devices and tabs of one person are one identity."""
    question = await approved(world)
    for number in range(20):
        await world.do("other", VoteQuestion(question), key=f"tab-{number}")
    assert (await world.question(question)).votes == 2
