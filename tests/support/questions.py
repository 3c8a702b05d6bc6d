"""Questions as the tests make them, and what they read of them."""

from rooms.core.store import audit
from rooms.core.store.audit import AuditEntry
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import QuestionState
from tests.support.world import World


async def do(
    world: World,
    command: type[m.Moderate | m.PresenterCommand],
    question: str,
    who: str = "moderator",
    **fields: object,
) -> None:
    """Gives the command with the question's present version."""
    version = (await world.question(question)).version
    await world.do(who, command(question=question, version=version, **fields))


async def asked(
    world: World, text: str = "Why?", who: str = "attendee", *, approved: bool = False, anonymous: bool = False
) -> str:
    question = await world.ask(text, who, anonymous=anonymous)
    if approved:
        await do(world, m.ApproveQuestion, question)
    return question


async def approved(world: World, text: str = "Why?", who: str = "attendee", *, anonymous: bool = False) -> str:
    return await asked(world, text, who, approved=True, anonymous=anonymous)


async def merge(world: World, question: str, into: str) -> None:
    await do(world, m.MergeQuestion, question, into=into)


async def votes_of(world: World, question: str) -> int:
    return (await world.question(question)).votes


async def state_of(world: World, question: str) -> QuestionState:
    return (await world.question(question)).state


async def audited(world: World, act: str) -> list[AuditEntry]:
    async with world.engine.database.read() as connection:
        return [entry for entry in await audit.read(connection, world.conference) if entry.act == act]
