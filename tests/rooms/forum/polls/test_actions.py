"""Polls: creating, opening and closing them, and the events for each audience."""

import msgspec
import pytest

from rooms.forum.polls import messages as m
from rooms.forum.questions.moderation_messages import ApproveQuestion, ClearScreen, ShowOnScreen
from tests.support.clients import audience
from tests.support.polls import WAYS, chosen, draft, opened, poll_of
from tests.support.refusals import refused
from tests.support.world import World

Kind, State, Reveal = m.PollKind, m.PollState, m.Reveal


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
