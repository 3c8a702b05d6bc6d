"""Polls: how they are made, opened, answered and closed, and who is told what."""

import asyncio
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from rooms.core.commands.queued import Outcome
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.tables import persons
from rooms.forum.polls import messages as m
from rooms.forum.polls import queries
from rooms.forum.polls.tables import poll_answers
from rooms.forum.questions.moderation_messages import ApproveQuestion, ClearScreen, ShowOnScreen
from rooms.people.erasure import erase, export
from rooms.people.messages import SilencePerson
from tests.support.clients import audience, enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

Kind, State, Reveal = m.PollKind, m.PollState, m.Reveal
WAYS = ["Left", "Right", "Straight on"]


async def draft(world: World, kind: m.PollKind = Kind.SINGLE, reveal: m.Reveal = Reveal.CLOSED) -> str:
    options = WAYS if kind in {Kind.SINGLE, Kind.MULTIPLE} else []
    drafted = await world.do("moderator", m.DraftPoll(kind, "Which way?", options, reveal))
    return msgspec.json.decode(drafted.reply, type=m.Drafted).poll


async def opened(world: World, kind: m.PollKind = Kind.SINGLE, reveal: m.Reveal = Reveal.CLOSED) -> str:
    poll = await draft(world, kind, reveal)
    await world.do("moderator", m.OpenPoll(poll))
    return poll


async def poll_of(world: World, id: str) -> queries.Poll:
    async with world.engine.database.read() as connection:
        return await queries.poll(connection, world.room, id)


async def rows_of(world: World, id: str) -> int:
    async with world.engine.database.read() as connection:
        select = sa.select(sa.func.count()).where(poll_answers.c.poll == id)
        return (await connection.execute(select)).scalar_one()


def chosen(poll: str, *choices: int) -> m.AnswerPoll:
    return m.AnswerPoll(poll, 1, list(choices))


def said(poll: str, text: str) -> m.AnswerPoll:
    return m.AnswerPoll(poll, 1, text=text)


def texts(counted: list[m.CountedText]) -> dict[str, int]:
    return {each.text: each.count for each in counted}


# Making them


async def test_a_draft_is_for_moderators_until_it_is_opened(world: World) -> None:
    spectators = await audience(world)
    poll = await draft(world)
    await spectators.verify()
    assert [each["id"] for each in spectators.of("moderator").state["snapshot"]["polls"]] == [poll]
    for who in (None, "attendee", "speaker"):
        assert spectators.of(who).types == []
        assert spectators.of(who).state["snapshot"]["polls"] == []
    with refused("not_found", "poll"):
        await world.do("attendee", chosen(poll, 1))
    await world.do("moderator", m.OpenPoll(poll))
    await spectators.verify()
    for who in (None, "attendee", "speaker"):
        assert spectators.of(who).types == ["poll.opened"]
        shown = spectators.of(who).state["snapshot"]["polls"][0]
        assert (shown["title"], shown["options"], shown["state"]) == ("Which way?", WAYS, "open")


@pytest.mark.parametrize(
    ("kind", "options", "field"),
    [
        (Kind.SINGLE, ["Left"], "options"),
        (Kind.SINGLE, ["Left", "  "], "options"),
        (Kind.MULTIPLE, ["Left", "LEFT"], "options"),
        (Kind.MULTIPLE, [f"Way {n}" for n in range(13)], "options"),
        (Kind.SINGLE, ["Left", "x" * 121], "options"),
    ],
)
async def test_options_must_make_a_choice(world: World, kind: m.PollKind, options: list[str], field: str) -> None:
    with refused("invalid", field):
        await world.do("moderator", m.DraftPoll(kind, "Which way?", options))


async def test_texts_are_cleaned_and_bounded(world: World) -> None:
    drafted = await world.do("moderator", m.DraftPoll(Kind.SINGLE, " Which\nwa\u202ey? ", ["Cafe\u0301", "Tea"]))
    poll = await poll_of(world, msgspec.json.decode(drafted.reply)["poll"])
    assert (poll.title, poll.options) == ("Which way?", ["Café", "Tea"])
    with refused("invalid", "title"):
        await world.do("moderator", m.DraftPoll(Kind.TEXT, "x" * 301))


async def test_the_wording_changes_before_the_first_answer_and_not_after_it(world: World) -> None:
    poll = await opened(world)
    await world.do("moderator", m.EditPoll(Kind.RATING, "How was it?", poll=poll, version=1))
    with refused("stale") as old:
        await world.do("attendee", chosen(poll, 1))
    assert old.problem.present.title == "How was it?"
    with refused("stale"):
        await world.do("organiser", m.EditPoll(Kind.TEXT, "And now?", poll=poll, version=1))
    await world.do("attendee", m.AnswerPoll(poll, 2, [5]))
    with refused("conflict") as late:
        await world.do("moderator", m.EditPoll(Kind.TEXT, "And now?", poll=poll, version=2))
    assert "already" in late.problem.message
    assert (await poll_of(world, poll)).title == "How was it?"


async def test_a_poll_goes_from_draft_to_archive_and_never_back(world: World) -> None:
    poll = await draft(world)
    with refused("conflict"):
        await world.do("moderator", m.ClosePoll(poll))
    for command, state in ((m.OpenPoll, State.OPEN), (m.ClosePoll, State.CLOSED), (m.ArchivePoll, State.ARCHIVED)):
        for _ in range(2):  # the second time changes nothing
            await world.do("moderator", command(poll))
        assert (await poll_of(world, poll)).state is state
    for command in (m.OpenPoll, m.ClosePoll):
        with refused("conflict"):
            await world.do("moderator", command(poll))
    with refused("conflict"):
        await world.do("moderator", m.ArchivePoll(await opened(world)))


async def test_a_session_holds_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.forum.polls.actions.MOST_POLLS", 2)
    first, _ = await draft(world), await draft(world)
    with refused("conflict"):
        await draft(world)
    await world.do("moderator", m.ArchivePoll(first))
    assert await draft(world)


async def test_polls_of_another_room_are_absent(world: World) -> None:
    with refused("not_found", "poll"):
        await world.do("moderator", m.OpenPoll("x" * 20))
    with refused("not_found", "op"):
        await world.do("organiser", m.OpenPoll(await draft(world)), room=world.lobby)


# Answering


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (Kind.SINGLE, []),
        (Kind.SINGLE, [1, 2]),
        (Kind.SINGLE, [4]),
        (Kind.MULTIPLE, []),
        (Kind.MULTIPLE, [1, 4]),
        (Kind.RATING, [6]),
        (Kind.RATING, [1, 5]),
    ],
)
async def test_an_answer_chooses_among_what_is_there(world: World, kind: m.PollKind, choices: list[int]) -> None:
    poll = await opened(world, kind)
    with refused("invalid", "choices"):
        await world.do("attendee", chosen(poll, *choices))
    assert await rows_of(world, poll) == 0


async def test_one_answer_each_which_may_be_changed_and_taken_back(each_world: World) -> None:
    world = each_world
    poll = await opened(world, Kind.MULTIPLE)
    tab = await enter(world, "attendee", engine=1)
    for choices in ([1, 2], [2, 2], [3, 2]):
        await world.do("attendee", chosen(poll, *choices))
    await world.do("other", chosen(poll, 3))
    assert (await poll_of(world, poll)).tally["counts"] == [0, 1, 2]
    assert (await poll_of(world, poll)).tally["voters"] == 2 == await rows_of(world, poll)
    await settled(*world.engines)
    await tab.verify()
    assert tab.state["own"]["answers"] == {poll: {"choices": [2, 3], "text": ""}}
    for _ in range(2):
        await world.do("attendee", m.RetractAnswer(poll))
    assert (await poll_of(world, poll)).tally["counts"] == [0, 0, 1]
    await settled(*world.engines)
    await tab.verify()
    assert tab.state["own"]["answers"] == {}


async def test_the_database_itself_refuses_a_second_answer(each_world: World) -> None:
    poll = await opened(each_world)
    await each_world.do("other", chosen(poll, 1))
    row = {"poll": poll, "person": each_world.people["other"], "choices": [2], "text": "", "at": each_world.clock()}
    with pytest.raises(IntegrityError):
        async with each_world.engine.database.write() as connection:
            await connection.execute(poll_answers.insert().values(row))


async def test_a_hundred_answers_of_one_person_at_once_are_one(each_world: World) -> None:
    each_world.lift_limits()
    poll = await opened(each_world)
    await asyncio.gather(*(each_world.do("other", chosen(poll, 1 + n % 3), engine=n % 2) for n in range(100)))
    tally = (await poll_of(each_world, poll)).tally
    assert (tally["voters"], sum(tally["counts"]), await rows_of(each_world, poll)) == (1, 1, 1)


async def test_two_hundred_at_once_are_counted_exactly(each_world: World) -> None:
    people = {f"voter {n}": new_id() for n in range(200)}
    rows = [
        {"id": id, "name": name, "kind": "guest", "calendar_key": new_id(), "created_at": each_world.clock()}
        for name, id in people.items()
    ]
    async with each_world.engine.database.write() as connection:
        await connection.execute(persons.insert(), rows)
    each_world.people |= people
    single, cloud = await opened(each_world), await opened(each_world, Kind.CLOUD)
    moderator = await enter(each_world, "moderator")
    words = ("Light", "light, air", "Water")
    answers = [each_world.do(who, chosen(single, 1 + n % 2)) for n, who in enumerate(people)]
    answers += [each_world.do(who, said(cloud, words[n % 3])) for n, who in enumerate(people)]
    await asyncio.gather(*answers)
    await settled(*each_world.engines)
    await moderator.verify()
    tallies = {id: each["tally"] for id, each in moderator.state["latest"]["poll_tallies"].items()}
    assert (tallies[single]["voters"], tallies[single]["counts"]) == (200, [100, 100, 0])
    counted = {each["text"].casefold(): each["count"] for each in tallies[cloud]["texts"]}
    assert (tallies[cloud]["voters"], counted) == (200, {"light": 134, "air": 67, "water": 66})
    assert len(moderator.sink.messages) < 100, "one message a tick, not one an answer"


async def test_no_answer_counts_that_comes_after_the_close(each_world: World) -> None:
    """S21: by order of commit, on both processes at once."""
    poll = await opened(each_world)
    late, closing = await asyncio.gather(
        each_world.do("attendee", chosen(poll, 1), engine=1),
        each_world.do("moderator", m.ClosePoll(poll), engine=0),
        return_exceptions=True,
    )
    assert isinstance(closing, Outcome)
    counted = (await poll_of(each_world, poll)).tally["voters"]
    if isinstance(late, Problem):
        assert (late.code, counted) == ("closed", 0)
    else:
        assert counted == 1
    for command in (chosen(poll, 2), m.RetractAnswer(poll)):
        with refused("closed"):
            await each_world.do("attendee", command, engine=1)
    assert (await poll_of(each_world, poll)).tally["voters"] == counted == await rows_of(each_world, poll)


async def test_answers_and_a_close_in_one_batch_follow_each_other(world: World) -> None:
    poll = await opened(world)
    early = [world.do(who, chosen(poll, 1)) for who in ("attendee", "other")]
    late = [world.do(who, chosen(poll, 2)) for who in ("speaker", "guest")]
    results = await asyncio.gather(*early, world.do("moderator", m.ClosePoll(poll)), *late, return_exceptions=True)
    kinds = ["done" if isinstance(result, Outcome) else getattr(result, "code", "?") for result in results]
    assert kinds == ["done"] * 3 + ["closed"] * 2
    assert (await poll_of(world, poll)).tally["counts"] == [2, 0, 0]


async def test_one_bad_answer_among_many_spoils_none(world: World) -> None:
    poll = await opened(world)
    answers = (chosen(poll, 1), chosen(poll, 7), chosen("x" * 20, 1), chosen(poll, 2))
    people = ("attendee", "other", "speaker", "guest")
    acts = [world.do(who, answer) for who, answer in zip(people, answers, strict=True)]
    results = await asyncio.gather(*acts, return_exceptions=True)
    codes = ["" if isinstance(result, Outcome) else getattr(result, "code", "?") for result in results]
    assert codes == ["", "invalid", "not_found", ""]
    assert (await poll_of(world, poll)).tally["counts"] == [1, 1, 0]


# Texts


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


async def test_what_is_hidden_is_hidden_whoever_writes_it(world: World) -> None:
    poll = await opened(world, Kind.CLOUD, Reveal.LIVE)
    await world.do("attendee", said(poll, "Rude, kind"))
    await world.do("moderator", m.HideText(poll, "rude", True))
    await world.do("other", said(poll, "RUDE"))
    spectators = await audience(world)
    await spectators.verify()
    told: dict[str, Any] = spectators.of("attendee").state["latest"]
    assert "rude" not in msgspec.json.encode(told).decode().lower()
    assert "kind" in msgspec.json.encode(told).decode()
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


async def test_what_an_erased_person_has_written_is_gone_and_his_choice_stays(world: World) -> None:
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


# Results and the big screen


async def test_results_are_shown_at_the_close_unless_they_are_held_back(world: World) -> None:
    spectators = await audience(world)
    for reveal, while_open, afterwards in (
        (Reveal.LIVE, True, True),
        (Reveal.CLOSED, False, True),
        (Reveal.NEVER, False, False),
    ):
        poll = await opened(world, reveal=reveal)
        await world.do("other", chosen(poll, 2))
        await spectators.verify()
        assert (poll in spectators.of("attendee").state["latest"]["poll_results"]) is while_open, reveal
        await world.do("moderator", m.ClosePoll(poll))
        await spectators.verify()
        assert (poll in spectators.of("attendee").state["latest"]["poll_results"]) is afterwards, reveal
    await world.do("moderator", m.RevealPoll(poll, Reveal.CLOSED))
    await spectators.verify()
    assert spectators.of("attendee").state["latest"]["poll_results"][poll]["counts"] == [0, 1, 0]


async def test_only_what_is_public_is_put_on_the_screen_and_an_archived_poll_leaves_it(world: World) -> None:
    spectators = await audience(world)

    def on_screen() -> tuple[str | None, str | None]:
        snapshot = spectators.of("moderator", public=True).state["snapshot"]
        return snapshot["screen"], snapshot["screen_poll"]

    poll = await draft(world)
    with refused("conflict", "poll"):
        await world.do("moderator", m.ShowPollOnScreen(poll))
    await world.do("moderator", m.OpenPoll(poll))
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    seen: list[tuple[str | None, str | None]] = []
    for command in (
        m.ShowPollOnScreen(poll),
        ShowOnScreen(question),
        m.ShowPollOnScreen(poll),
        ClearScreen(),
        m.ShowPollOnScreen(poll),
        m.ClosePoll(poll),
        m.ArchivePoll(poll),
    ):
        await world.do("moderator", command)
        await spectators.verify()
        seen.append(on_screen())
    assert seen == [
        (None, poll),
        (question, None),
        (None, poll),
        (None, None),
        (None, poll),
        (None, poll),
        (None, None),
    ]
