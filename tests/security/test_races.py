"""S21: a post that races a lock is refused or taken by the order of commits, never by an older view. S19: so is a person who loses their role."""

import asyncio
from collections.abc import Callable

import pytest

from rooms.chat.messages import PostMessage, SetChat
from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.commands.queued import Outcome
from rooms.core.errors import Problem
from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking
from rooms.forum.questions.messages import AskQuestion
from rooms.forum.questions.moderation_messages import ClaimQuestion
from rooms.people.messages import RemovePerson, RevokeRole, SilencePerson
from tests.support.refusals import refused
from tests.support.world import World

Shut = Callable[[World], Command]

RACES: dict[str, tuple[Shut, str, Callable[[str], Command], str]] = {
    # the command that closes access; the person affected; their attempted command on an own question; the refusal
    "locking questions": (
        lambda _: SetAsking(Asking.LOCKED),
        "attendee",
        lambda _: AskQuestion("Late?"),
        "closed",
    ),
    "closing the chat": (lambda _: SetChat(False, 0), "attendee", lambda _: PostMessage("Late"), "closed"),
    "ending anonymity": (
        lambda _: SetAnonymity(False),
        "attendee",
        lambda _: AskQuestion("Late?", True),
        "conflict",
    ),
    "silencing": (
        lambda w: SilencePerson(w.people["attendee"]),
        "attendee",
        lambda _: PostMessage("Late"),
        "silenced",
    ),
    "removing": (
        lambda w: RemovePerson(w.people["attendee"]),
        "attendee",
        lambda _: PostMessage("Late"),
        "forbidden",
    ),
    "taking a role away": (
        lambda w: RevokeRole(w.people["moderator"], Role.MODERATOR),
        "moderator",
        lambda q: ClaimQuestion(q, 1),
        "forbidden",
    ),
}


@pytest.mark.parametrize("race", RACES)
async def test_the_first_commit_wins(each_world: World, race: str) -> None:
    shut, who, act, code = RACES[race]
    question = await each_world.ask()
    # On both processes, so that they meet at the row in the database.
    late, shutting = await asyncio.gather(
        each_world.do(who, act(question), engine=1),
        each_world.do("organiser", shut(each_world), engine=0),
        return_exceptions=True,
    )
    assert isinstance(shutting, Outcome)
    assert shutting.seq is not None
    if isinstance(late, Outcome):
        assert (late.seq or 0) < shutting.seq, "the command came before it"
    else:
        assert isinstance(late, Problem)
        assert late.code == code
    with refused(code):
        await each_world.do(who, act(question), engine=1)


@pytest.mark.parametrize("first", ["the post", "the lock"])
@pytest.mark.parametrize("race", RACES)
async def test_in_both_orders(world: World, race: str, first: str) -> None:
    shut, who, act, code = RACES[race]
    question = await world.ask()
    if first == "the lock":
        await world.do("organiser", shut(world))
        with refused(code):
            await world.do(who, act(question))
    else:
        assert await world.do(who, act(question))
        assert await world.do("organiser", shut(world))


async def test_commands_that_share_a_transaction_follow_each_other_all_the_same(world: World) -> None:
    """Group commit: the command that closes access is between two others in one batch."""
    world.lift_limits()
    posts = [world.do("attendee", PostMessage(f"{n}")) for n in range(6)]
    shut = world.do("organiser", SilencePerson(world.people["attendee"]))
    results = await asyncio.gather(*posts[:3], shut, *posts[3:], return_exceptions=True)
    kinds = ["done" if isinstance(result, Outcome) else getattr(result, "code", "?") for result in results]
    assert kinds == ["done"] * 4 + ["silenced"] * 3
