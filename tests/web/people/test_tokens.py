"""Tokens for programs, on the account page."""

import re

from rooms.people import tokens
from tests.support.visitor import Visitor
from tests.support.world import World


async def held(world: World, who: str) -> list[tokens.Token]:
    async with world.engine.database.read() as connection:
        return await tokens.active(connection, world.people[who], world.clock())


async def test_a_token_is_made_shown_once_and_revoked(visitor: Visitor, world: World) -> None:
    await visitor.sign_in(world.people["attendee"])
    made = await visitor.post("/account/tokens", {"token": "Our screens", "days": "7"})
    assert made.status_code == 200
    found = re.search(r'<code id="new-token">([^<]+)</code>', made.text)
    assert found is not None
    async with world.engine.database.read() as connection:
        account, token = await tokens.who(connection, found[1], world.clock())
    assert (account.id, token.name) == (world.people["attendee"], "Our screens")
    again = await visitor.get("/account")
    assert found[1] not in again.text
    assert again.text.count("Our screens") == 2, "in the list and on its button, and not among the devices"
    await visitor.post("/account/tokens/end", {"token": token.id})
    assert await held(world, "attendee") == []
    assert "Our screens" not in visitor.page


async def test_a_refused_token_keeps_what_was_typed(visitor: Visitor, world: World) -> None:
    await visitor.sign_in(world.people["attendee"])
    for fields, fault in (
        ({"token": "Screens", "days": "9999"}, "from 1 to 366 days"),
        ({"token": "Screens", "days": "many"}, "from 1 to 366 days"),
        ({"token": " ", "days": "7"}, "Write something first."),
    ):
        refused = await visitor.post("/account/tokens", fields)
        assert refused.status_code == 422
        assert visitor.page.count(fault) == 1
        assert f'value="{fields["days"]}"' in refused.text
    assert await held(world, "attendee") == []


async def test_nobody_makes_or_ends_a_token_for_another(visitor: Visitor, world: World) -> None:
    async with world.engine.transaction() as tx:
        token, _ = await tokens.make(tx.connection, world.people["other"], "Theirs", 7, tx.now)
    await visitor.sign_in(world.people["attendee"])
    await visitor.post("/account/tokens/end", {"token": token.id})
    assert [each.id for each in await held(world, "other")] == [token.id]
    assert (await visitor.post("/account/tokens", {"token": "Mine", "days": "7"}, csrf="wrong")).status_code == 403
    assert await held(world, "attendee") == []


async def test_only_who_is_signed_in_makes_tokens(visitor: Visitor) -> None:
    await visitor.get("/")
    answer = await visitor.post("/account/tokens", {"token": "Mine", "days": "7"}, follow=False)
    assert answer.status_code == 401
