"""People on different processes, over a real Redis and a real PostgreSQL."""

import asyncio

from rooms.people.tickets import issue_ticket
from tests.support.live_servers import two_servers, world_of_servers  # noqa: F401 - fixtures
from tests.support.server import Server, sign_in, ticket_for
from tests.support.wire import Wire, wire
from tests.support.world import World


async def test_they_see_each_other_and_what_is_said(servers: list[Server], world: World) -> None:
    here = await ticket_for(world.engine, world.people["attendee"])
    there = await ticket_for(world.engine, world.people["moderator"])
    async with wire(servers[0].socket_url, here) as ada, wire(servers[1].socket_url, there) as moderator:
        await ada.join(world.room)
        await moderator.join(world.room)
        await _until_present(ada, 2)
        asked = await ada.command("question.ask", world.room, text="Who is there?", anonymous=False)
        waiting = (await moderator.until("question.asked"))["question"]
        assert waiting["id"] == asked["ok"]["question"]
        await moderator.command("question.approve", world.room, question=waiting["id"], version=waiting["version"])
        shown = await ada.until("question.shown")
        assert shown["question"]["text"] == "Who is there?"


async def test_of_two_moderators_on_two_processes_one_wins_and_the_other_sees_it(
    servers: list[Server], world: World
) -> None:
    """F31."""
    attendee = await ticket_for(world.engine, world.people["attendee"])
    async with wire(servers[0].socket_url, attendee) as ada:
        question = (await ada.command("question.ask", world.room, text="Yes or no?"))["ok"]["question"]
    tickets = [await ticket_for(world.engine, world.people[who]) for who in ("moderator", "colleague")]
    async with wire(servers[0].socket_url, tickets[0]) as one, wire(servers[1].socket_url, tickets[1]) as two:
        answers = await asyncio.gather(
            one.command("question.approve", world.room, question=question, version=1),
            two.command("question.dismiss", world.room, question=question, version=1),
        )
        won, lost = sorted(answers, key=lambda answer: "error" in answer)
        assert "ok" in won
        assert lost["error"]["code"] == "stale"
        state = (await world.question(question)).state.value
        assert lost["error"]["present"]["state"] == state
        assert state == ("approved" if answers[0] is won else "dismissed")


async def test_a_ticket_is_spent_on_all_processes(servers: list[Server], world: World) -> None:
    ticket = await ticket_for(world.engine, world.people["attendee"])
    async with wire(servers[0].socket_url, ticket):
        pass
    async with wire(servers[1].socket_url) as again:
        await again.send({"op": "hello", "ticket": ticket})
        assert (await again.closed())[0] == 4300


async def test_a_sign_out_here_ends_the_connection_there(servers: list[Server], world: World) -> None:
    """S7."""
    from rooms.people.tokens import PREFIX  # a token is a sign-in too: it is revoked over the API of the other process
    from tests.support.program import make_token

    token, secret = await make_token(world, "attendee")
    assert secret.startswith(PREFIX)
    signin = await sign_in(world.engine, world.people["attendee"])
    async with (
        wire(servers[1].socket_url, issue_ticket(world.engine, token)) as program,
        wire(servers[1].socket_url, issue_ticket(world.engine, signin)) as page,
    ):
        from rooms.people import tokens

        await program.join(world.room)
        await tokens.revoke(world.engine, world.people["attendee"], token)
        assert (await asyncio.wait_for(program.closed(), 10))[0] == 4401
        assert "ok" in await page.ask("heartbeat"), "the person's other sign-in goes on"


async def test_double_votes_at_once_on_two_processes_are_one(servers: list[Server], world: World) -> None:
    """F24, S25: the same person on both."""
    tickets = [await ticket_for(world.engine, world.people["other"]) for _ in servers]
    attendee = await ticket_for(world.engine, world.people["attendee"])
    moderator = await ticket_for(world.engine, world.people["moderator"])
    async with wire(servers[0].socket_url, attendee) as ada, wire(servers[0].socket_url, moderator) as chair:
        question = (await ada.command("question.ask", world.room, text="One vote each?"))["ok"]["question"]
        await chair.command("question.approve", world.room, question=question, version=1)
    async with wire(servers[0].socket_url, tickets[0]) as one, wire(servers[1].socket_url, tickets[1]) as two:

        async def vote(client: Wire) -> None:
            for _ in range(20):
                assert "ok" in await client.command("question.vote", world.room, question=question)

        await asyncio.gather(vote(one), vote(two))
    assert (await world.question(question)).votes == 2


async def _until_present(client: Wire, count: int) -> None:
    """Waits until so many people are said to be there."""
    while True:
        message = await client.receive()
        present = message.get("latest", {}).get("present", {}).get("")
        if present is not None and present["count"] == count:
            return
