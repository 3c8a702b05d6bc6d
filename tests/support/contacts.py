"""Contacts for tests: people who ask each other, and who agree."""

from rooms.contacts.messages import AgreeConnection, AskConnection, CardField, EditCard
from tests.support.world import World

EMAIL = [CardField.EMAIL]
CARD = EditCard(
    phone="+46 8 123",
    organisation="Sol, Vind; och Vatten",
    job="Head of research",
    website="https://sol.example/a,b",
    country="SE",
    languages=["sv", "en"],
    note="Met me\nat the booth",
    offers="Solar cells",
    usual=EMAIL,
)


async def edit_card(world: World, who: str, card: EditCard = CARD) -> None:
    await world.do(who, card, room=await world.desk(who))


async def ask(world: World, who: str, other: str, fields: list[CardField] = EMAIL, text: str = "") -> str:
    """Returns the id of the person who asks."""
    world.clock.advance(seconds=1)
    await world.do(who, AskConnection(world.people[other], fields, text=text), room=world.lobby)
    return world.people[who]


async def connect(
    world: World, who: str, other: str, given: list[CardField] = EMAIL, received: list[CardField] = EMAIL
) -> None:
    """`who` asks and gives `given`, `other` agrees and gives `received`."""
    asker = await ask(world, who, other, given)
    world.clock.advance(seconds=1)
    await world.do(other, AgreeConnection(asker, received), room=await world.desk(other))
