"""Contacts in the demonstration: cards, people who are in contact, and a request that waits."""

from rooms.contacts import messages as m
from rooms.contacts.queries import contacts_of
from rooms.core.commands.messages import Command
from rooms.core.engine import Engine
from rooms.core.ids import new_id
from rooms.core.store.journal import room_of
from rooms.people import accounts

F = m.CardField

SOFIA, LIN, KARIM, CHEN = (
    "attendee@demo.example",
    "speaker@demo.example",
    "organiser@demo.example",
    "exhibitor@demo.example",
)

CARDS = {
    SOFIA: m.EditCard(
        phone="+46 8 123 45 67",
        organisation="Mälaren Institute of Technology",
        job="Research engineer",
        website="https://malaren.example",
        country="SE",
        languages=["sv", "en"],
        note="Happy to show our test hall in Uppsala.",
        offers="I test thin-film solar cells in cold climates, and look for partners with field sites.",
        audience=m.ProfileAudience.EVERYONE,
        usual=[F.EMAIL, F.ORGANISATION, F.JOB, F.WEBSITE],
    ),
    LIN: m.EditCard(
        phone="+86 21 5555 0101",
        organisation="华东可再生能源研究院",
        job="Professor 教授",
        country="CN",
        languages=["zh", "en"],
        offers="Joint supervision of doctoral students in energy storage. 欢迎储能方向的联合培养。",
        audience=m.ProfileAudience.EVERYONE,
        usual=[F.EMAIL, F.ORGANISATION, F.JOB],
    ),
    KARIM: m.EditCard(
        organisation="Conference office", job="Head of programme", country="FR", languages=["fr", "en", "ar"]
    ),
    CHEN: m.EditCard(
        phone="+86 755 5555 0102",
        organisation="Nanshan Institute of Technology 南山理工学院",
        job="International cooperation",
        country="CN",
        languages=["zh", "en"],
        audience=m.ProfileAudience.EVERYONE,
    ),
}


async def exchange(engine: Engine, conference: str) -> None:
    """Fills the cards, and connects some people, unless they are in contact already."""
    async with engine.database.read() as connection:
        found = {email: await accounts.by_email(connection, email) for email in CARDS}
        people = {email: account.id for email, account in found.items() if account is not None}
        if len(people) < len(CARDS) or await contacts_of(connection, people[SOFIA]):
            return
        lobby = await room_of(connection, "lobby", conference)
        desks = {email: await room_of(connection, "desk", person) for email, person in people.items()}

    async def do(email: str, command: Command, room: str = "") -> None:
        await engine.perform(people[email], room or desks[email], command, new_id())

    for email, card in CARDS.items():
        await do(email, card)
    await do(LIN, m.AskConnection(people[SOFIA], [F.EMAIL, F.ORGANISATION, F.JOB], m.HowMet.CHAT), lobby)
    await do(SOFIA, m.AgreeConnection(people[LIN], [F.EMAIL, F.PHONE, F.JOB]))
    await do(SOFIA, m.AskConnection(people[KARIM], [F.EMAIL]), lobby)
    await do(KARIM, m.AgreeConnection(people[SOFIA], [F.EMAIL, F.ORGANISATION]))
    text = "We met at our booth: I would like to send you the measurements. 很高兴认识您！"
    await do(CHEN, m.AskConnection(people[SOFIA], [F.EMAIL, F.PHONE, F.ORGANISATION], text=text), lobby)
