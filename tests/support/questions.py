"""Questions as the tests make them, and what they read of them."""

from rooms.forum.questions.moderation_messages import ApproveQuestion, MergeQuestion
from tests.support.world import World


async def approved(world: World, text: str = "Why?", who: str = "attendee", *, anonymous: bool = False) -> str:
    question = await world.ask(text, who, anonymous=anonymous)
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    return question


async def merge(world: World, question: str, into: str) -> None:
    await world.do("moderator", MergeQuestion(question, (await world.question(question)).version, into))


async def votes_of(world: World, question: str) -> int:
    return (await world.question(question)).votes
