"""Answers in words: counted, hidden, and who may write them."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.forum.polls import messages as m
from rooms.forum.polls.tables import poll_answers
from rooms.people.erasure import erase, export
from rooms.people.messages import SilencePerson
from tests.support.clients import audience
from tests.support.polls import chosen, opened, poll_of, said, texts
from tests.support.refusals import refused
from tests.support.world import World

Kind, Reveal = m.PollKind, m.Reveal


async def test_words_are_counted_whatever_their_capitals_and_once_a_person(world: World) -> None:
    poll = await opened(world, Kind.CLOUD)
    await world.do("attendee", said(poll, "Straße, AIR，air"))
    await world.do("other", said(poll, "STRASSE; Cafe\u0301"))
    await world.do("speaker", said(poll, "caf\u00e9"))
    counted = {each.text.casefold(): each.count for each in (await poll_of(world, poll)).results.texts}
    assert counted == {"strasse": 2, "air": 1, "café": 2}
    with refused("invalid", "text"):
        await world.do("guest", said(poll, "one, two, three, four"))
    with refused("invalid", "text"):
        await world.do("guest", said(poll, " , "))
    with refused("invalid", "text"):
        await world.do("guest", said(poll, "x" * 41))


async def test_an_open_text_keeps_its_commas_and_is_bounded(world: World) -> None:
    poll = await opened(world, Kind.TEXT)
    await world.do("attendee", said(poll, "  Yes,\u202e but\nslowly "))
    assert texts((await poll_of(world, poll)).results.texts) == {"Yes, but slowly": 1}
    for text in ("", "x" * 201):
        with refused("invalid", "text"):
            await world.do("other", said(poll, text))


async def test_a_hidden_text_stays_hidden_for_every_author(world: World) -> None:
    poll = await opened(world, Kind.CLOUD, Reveal.LIVE)
    await world.do("attendee", said(poll, "Rude, kind"))
    await world.do("moderator", m.HideText(poll, "rude", True))
    await world.do("other", said(poll, "RUDE"))
    spectators = await audience(world)
    await spectators.verify()
    received: dict[str, Any] = spectators.of("attendee").state["latest"]
    assert "rude" not in msgspec.json.encode(received).decode().lower()
    assert "kind" in msgspec.json.encode(received).decode()
    hidden = spectators.of("moderator").state["latest"]["poll_tallies"][poll]["hidden"]
    assert [(each["text"].lower(), each["count"]) for each in hidden] == [("rude", 2)]
    await world.do("moderator", m.HideText(poll, "rude", False))
    await spectators.verify()
    assert "rude" in msgspec.json.encode(spectators.of("attendee").state["latest"]).decode().lower()


async def test_one_who_is_silenced_chooses_and_writes_nothing(world: World) -> None:
    single, open_text = await opened(world), await opened(world, Kind.TEXT)
    await world.do("moderator", SilencePerson(world.people["attendee"]))
    await world.do("attendee", chosen(single, 1))
    with refused("silenced"):
        await world.do("attendee", said(open_text, "Loud"))


async def test_nobody_learns_who_has_answered(world: World) -> None:
    spectators = await audience(world)
    single, cloud = await opened(world), await opened(world, Kind.CLOUD)
    await world.do("guest", chosen(single, 1))
    await world.do("guest", said(cloud, "air"))
    await world.do("moderator", m.ClosePoll(single))
    await spectators.verify()
    for client in spectators.clients:
        assert world.people["guest"] not in msgspec.json.encode(client.sink.messages).decode(), client
    assert spectators.of("moderator").state["latest"]["poll_tallies"][single]["tally"]["voters"] == 1


async def test_the_texts_of_an_erased_person_are_gone_and_their_choice_stays(world: World) -> None:
    single, cloud = await opened(world), await opened(world, Kind.CLOUD)
    await world.do("attendee", chosen(single, 1))
    await world.do("attendee", said(cloud, "Zebedee, air"))
    await world.do("other", said(cloud, "air"))
    async with world.engine.database.read() as connection:
        kept = (await export(connection, world.people["attendee"]))["poll_answers"]
    assert sorted(each["text"] for each in kept) == ["", "Zebedee, air"]
    await erase(world.engine, world.people["attendee"])
    assert texts((await poll_of(world, cloud)).results.texts) == {"air": 1}
    assert (await poll_of(world, single)).tally["counts"] == [1, 0, 0]
    async with world.engine.database.read() as connection:
        assert "Zebedee" not in str((await connection.execute(sa.select(poll_answers))).all())
