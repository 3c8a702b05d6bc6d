"""Creates the demonstration conference. Every question and message goes through `perform`, as if sent by a person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.messages import PostMessage
from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.engine import LONG, Engine
from rooms.core.files.store import Store
from rooms.core.ids import new_id
from rooms.core.store.tables import conferences
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.tables import booths
from rooms.forum.polls.messages import AnswerPoll, Drafted, DraftPoll, OpenPoll, PollKind
from rooms.forum.questions import queries
from rooms.forum.questions.messages import Asked, AskQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import (
    AnswerQuestion,
    ApproveQuestion,
    DismissQuestion,
    LabelQuestion,
    PinQuestion,
    ShowOnScreen,
    TakeQuestion,
)
from rooms.people import accounts, links, roles
from rooms.programme.actions import create_conference, create_session
from rooms.programme.messages import EndSession, OpenSession, StartSession
from rooms.programme.queries import all_conferences
from rooms.programme.tables import session_speakers, sessions, speakers, stars, tracks
from server.demo import exhibitors, programme, recruitment
from server.demo.contacts import exchange
from server.demo.cooperation import cooperate
from server.demo.interviews import interview
from server.demo.matchmaking import match_people
from server.demo.media import furnish
from server.demo.meetings import arrange
from server.demo.meetups import meet_up, take_turns
from server.demo.roles import ROLES
from server.demo.visitors import actor
from web.links import path as page_path

SLUG = "ciep"
ZONE = "Asia/Shanghai"
LINKS_LAST = timedelta(hours=12)
AUDIENCE = 34


async def seed(engine: Engine, store: Store) -> None:
    """Creates the conference, or moves an existing one to today."""
    async with engine.database.read() as connection:
        found = [conference for conference in await all_conferences(connection) if conference.slug == SLUG]
    if found:
        await _move_to_today(engine, found[0].id)
    else:
        await _make(engine)
    conference = await _exhibit(engine)
    await furnish(engine, store, conference)
    await cooperate(engine, store, conference)
    await recruitment.recruit(engine, store, conference)
    for fill in (exchange, arrange, interview, meet_up, take_turns, match_people, actor):
        await fill(engine, conference)


async def sign_in_links(engine: Engine, url: str) -> dict[str, str]:
    """A new link for each role, to the live session or to the booth."""
    async with engine.database.write(LONG) as connection:
        main = (
            await connection.execute(sa.select(sessions.c.id).where(sessions.c.title == programme.MAIN))
        ).scalar_one()
        page = page_path("session", SLUG, main)
        ends = {
            "moderator": f"{page}/moderate",
            "colleague": f"{page}/moderate",
            "speaker": f"{page}/speak",
            "organiser": page_path("organise", SLUG),
            "exhibitor": page_path("booth", SLUG, await _first_booth(connection)),
            "recruiter": page_path("recruiting", SLUG),
            "candidate": page_path("applications", SLUG),
        }
        made: dict[str, str] = {}
        for role, (_, email) in ROLES.items():
            account = await accounts.by_email(connection, email)
            if account is None:  # demonstrations of earlier releases had fewer roles
                continue
            link = links.EmailLink(links.LinkPurpose.SIGN_IN, account.id, email, "", ends.get(role, page))
            secret = await links.make(connection, link, engine.clock(), LINKS_LAST)
            made[role] = f"{url}/sign-in/link/{secret}"
        return made


async def _make(engine: Engine) -> None:
    now = engine.clock()
    start = (now - timedelta(minutes=15)).replace(second=0, microsecond=0)
    async with engine.database.write(LONG) as connection:
        conference = await _conference(connection, start, now)
        rooms = await _sessions(connection, conference, start, now)
        people = {role: await _person(connection, name, email, now) for role, (name, email) in ROLES.items()}
        audience = [
            await _person(connection, _name(number), f"guest{number}@demo.example", now) for number in range(AUDIENCE)
        ]
        main = (
            await connection.execute(sa.select(sessions.c.id).where(sessions.c.title == programme.MAIN))
        ).scalar_one()
        grants = {
            "moderator": Role.MODERATOR,
            "colleague": Role.MODERATOR,
            "speaker": Role.SPEAKER,
            "organiser": Role.ORGANISER,
        }
        for who, role in grants.items():
            session = main if role is Role.SPEAKER else None
            await roles.grant(
                connection, person=people[who], conference=conference, session=session, role=role, by=None, at=now
            )
        await connection.execute(
            speakers.update().where(speakers.c.external_id == "lin").values(person=people["speaker"])
        )
        earliest = sa.select(sessions.c.id).order_by(sessions.c.starts_at).limit(12)
        starred = (await connection.execute(earliest)).scalars().all()[2::3]
        await connection.execute(
            stars.insert(), [{"person": people["attendee"], "session": each, "at": now} for each in starred]
        )
    for room, planned in rooms.items():
        if planned.start <= 0:
            await _do(engine, people["organiser"], room, StartSession())
        if planned.start + planned.minutes <= 0:
            await _do(engine, people["organiser"], room, EndSession())
        if 0 < planned.start <= 5:
            await _do(engine, people["organiser"], room, OpenSession())
    room = next(room for room, planned in rooms.items() if planned.title == programme.MAIN)
    await _talk(engine, room, audience, people["moderator"])


async def _exhibit(engine: Engine) -> str:
    """Creates the exhibition if there is none: the exhibitor and the colleague work at the first booth. Returns the conference."""
    async with engine.database.write(LONG) as connection:
        this = conferences.c.slug == SLUG
        conference = (await connection.execute(sa.select(conferences.c.id).where(this))).scalar_one()
        known = sa.select(sa.func.count()).select_from(booths).where(booths.c.conference == conference)
        if (await connection.execute(known)).scalar_one():
            return conference
        for number, each in enumerate(exhibitors.EXHIBITORS):
            name, name_zh = exhibitors.HALLS[each.hall]
            hall = await hall_of(connection, conference, name, {"zh_Hans": {"name": name_zh}})
            chinese = {"name": each.name_zh, "tagline": each.tagline_zh, "about": exhibitors.ABOUT_ZH}
            said = {"name": each.name, "tagline": each.tagline, "about": exhibitors.ABOUT, "country": each.country}
            said |= {"field": each.field, "languages": list(each.languages), "texts": {"zh_Hans": chinese}}
            place = f"{'ABC'[each.hall]} {number % 8 + 1}"
            booth, _ = await make_booth(connection, conference, hall, said, open=True, number=place, tier=each.tier)
            if number == 0:
                for role, duty in (("exhibitor", Duty.OWNER), ("colleague", Duty.STAFF)):
                    name, email = ROLES[role]
                    account = await accounts.by_email(connection, email)
                    person = account.id if account else await _person(connection, name, email, engine.clock())
                    await set_duty(connection, booth, person, duty, engine.clock())
    return conference


async def _first_booth(connection: AsyncConnection) -> str:
    this = sa.select(conferences.c.id).where(conferences.c.slug == SLUG).scalar_subquery()
    select = sa.select(booths.c.id).where(booths.c.conference == this, booths.c.name == exhibitors.EXHIBITORS[0].name)
    return (await connection.execute(select)).scalar_one()


async def _conference(connection: AsyncConnection, start: datetime, now: datetime) -> str:
    day = start.astimezone(ZoneInfo(ZONE)).date()
    chinese = {"title": programme.TITLE_ZH, "tagline": programme.TAGLINE_ZH, "description": programme.DESCRIPTION_ZH}
    conference, _ = await create_conference(
        connection,
        slug=SLUG,
        title=programme.TITLE,
        tagline=programme.TAGLINE,
        description=programme.DESCRIPTION,
        texts={"zh_Hans": chinese},
        zone=ZONE,
        starts_on=day,
        ends_on=day + timedelta(days=2),
        now=now,
    )
    return conference


async def _sessions(
    connection: AsyncConnection, conference: str, start: datetime, now: datetime
) -> dict[str, programme.DemoSession]:
    """Tracks, speakers and sessions; returns the rooms of the sessions."""
    track_ids: dict[str, str] = {}
    for position, track in enumerate(programme.TRACKS):
        track_ids[track.name] = new_id()
        texts = {"zh_Hans": {"name": track.name_zh}}
        values = {
            "id": track_ids[track.name],
            "conference": conference,
            "name": track.name,
            "colour": track.colour,
            "position": position,
        }
        await connection.execute(tracks.insert().values(**values, texts=texts))
    speaker_ids: dict[str, str] = {}
    for speaker in programme.SPEAKERS:
        speaker_ids[speaker.key] = new_id()
        values = {
            "id": speaker_ids[speaker.key],
            "conference": conference,
            "external_id": speaker.key,
            "name": speaker.name,
        }
        details = {"affiliation": speaker.affiliation, "biography": speaker.biography, "texts": {}}
        await connection.execute(speakers.insert().values(**values, **details))
    rooms: dict[str, programme.DemoSession] = {}
    for planned in programme.SESSIONS:
        starts_at = start + timedelta(minutes=planned.start)
        session, room = await create_session(
            connection,
            conference,
            title=planned.title,
            abstract=planned.abstract,
            texts={"zh_Hans": {"title": planned.title_zh, "abstract": planned.abstract_zh}},
            track=track_ids[planned.track],
            place=planned.place,
            language=planned.language,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=planned.minutes),
            now=now,
        )
        rooms[room] = planned
        for position, key in enumerate(planned.speakers):
            await connection.execute(
                session_speakers.insert().values(session=session, speaker=speaker_ids[key], position=position)
            )
    return rooms


async def _talk(engine: Engine, room: str, audience: list[str], moderator: str) -> None:
    """Fills the main session with questions, votes, a poll and a chat."""
    for asked in programme.QUESTIONS:
        outcome = await _do(engine, audience[asked.who], room, AskQuestion(asked.text, asked.anonymous))
        id = msgspec.json.decode(outcome, type=Asked).question
        if asked.labels:
            await _moderate(engine, room, moderator, LabelQuestion, id, labels=list(asked.labels))
        if asked.fate == "dismissed":
            await _moderate(engine, room, moderator, DismissQuestion, id)
        elif asked.fate != "pending":
            await _moderate(engine, room, moderator, ApproveQuestion, id)
            voters = [person for number, person in enumerate(audience) if number != asked.who][: asked.votes]
            for person in voters:
                await _do(engine, person, room, VoteQuestion(id))
        if asked.fate == "pinned":
            await _moderate(engine, room, moderator, PinQuestion, id)
        elif asked.fate == "answering":
            await _do(engine, moderator, room, TakeQuestion(id))
            await _do(engine, moderator, room, ShowOnScreen(id))
        elif asked.fate == "answered":
            answer = "Yes: the partner cities agreed on it this spring, and the first four begin in March."
            await _moderate(engine, room, moderator, AnswerQuestion, id, text=answer, public=True)
    title, options = programme.POLL
    drafted = await _do(engine, moderator, room, DraftPoll(PollKind.SINGLE, title, list(options)))
    poll = msgspec.json.decode(drafted, type=Drafted).poll
    await _do(engine, moderator, room, OpenPoll(poll))
    for number, person in enumerate(audience[: programme.POLLED]):
        await _do(engine, person, room, AnswerPoll(poll, 1, [1 + number * number % 7 % len(options)]))
    for who, text in programme.CHAT:
        await _do(engine, audience[who], room, PostMessage(text))


async def _moderate(
    engine: Engine, room: str, moderator: str, command: Callable[..., Command], id: str, **fields: object
) -> None:
    async with engine.database.read() as connection:
        version = (await queries.question(connection, room, id)).version
    await _do(engine, moderator, room, command(question=id, version=version, **fields))


async def _do(engine: Engine, person: str, room: str, command: Command) -> bytes:
    return (await engine.perform(person, room, command, new_id())).reply


async def _person(connection: AsyncConnection, name: str, email: str, now: datetime) -> str:
    return (await accounts.create(connection, name=name, email=email, verified=True, at=now)).id


def _name(number: int) -> str:
    first, last = programme.FIRST_NAMES, programme.LAST_NAMES
    return f"{first[number % len(first)]} {last[(number * 7) % len(last)]}"


async def _move_to_today(engine: Engine, conference: str) -> None:
    """Moves a conference whose main session ended on an earlier day by whole days, so that the demonstration always has a live session."""
    now = engine.clock()
    this = sessions.c.conference == conference
    async with engine.database.write(LONG) as connection:
        main = sa.select(sessions.c.ends_at).where(this, sessions.c.title == programme.MAIN)
        ended = (await connection.execute(main)).scalar_one()
        if now <= ended:
            return
        by = timedelta(days=(now - ended).days + 1)
        for row in (
            await connection.execute(sa.select(sessions.c.id, sessions.c.starts_at, sessions.c.ends_at).where(this))
        ).all():
            moved = {"starts_at": row.starts_at + by, "ends_at": row.ends_at + by, "changed_at": now}
            await connection.execute(sessions.update().where(sessions.c.id == row.id).values(**moved))
        days = (
            await connection.execute(
                sa.select(conferences.c.starts_on, conferences.c.ends_on).where(conferences.c.id == conference)
            )
        ).one()
        moved_days = {"starts_on": days.starts_on + by, "ends_on": days.ends_on + by}
        await connection.execute(conferences.update().where(conferences.c.id == conference).values(**moved_days))
