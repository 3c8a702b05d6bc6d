"""What programs read, and what they may not."""

import asyncio
from typing import Any

import msgspec
import pytest

from rooms.chat.messages import PostMessage
from rooms.core.store.journal import ReadPosition
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions import queries
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, DismissQuestion
from tests.server.api.conftest import ProgramOf
from tests.support.world import World


async def approve(world: World, text: str, who: str = "attendee", *, anonymous: bool = False) -> str:
    question = await world.ask(text, who, anonymous=anonymous)
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    return question


async def test_the_programme_gives_the_place_and_state_of_each_session(world: World, program_of: ProgramOf) -> None:
    found = (await (await program_of(None)).call("conference_programme", conference="forum")).json()
    (only,) = found["sessions"]
    assert only["room"] == world.room
    assert only["session"]["title"] == "Opening"
    assert only["session"]["state"] == "scheduled"
    assert only["session"]["starts_at"] == "2026-11-20T09:00:00Z"
    assert found["conference"]["zone"] == "Asia/Shanghai"


async def test_a_conference_of_members_is_absent_for_everybody_else(program_of: ProgramOf) -> None:
    organiser, attendee = await program_of("stranger"), await program_of("attendee")
    slugs = {each["slug"] for each in (await organiser.call("conferences")).json()["conferences"]}
    assert "elsewhere" in slugs, "there is such a conference"
    slugs = {each["slug"] for each in (await attendee.call("conferences")).json()["conferences"]}
    assert slugs == {"forum"}
    hidden = await attendee.call("conference", conference="elsewhere")
    invented = await attendee.call("conference", conference="invented")
    assert hidden.status_code == 404
    assert hidden.json() == invented.json()


async def test_a_banned_person_reads_nothing(program_of: ProgramOf, world: World) -> None:
    banned = await program_of("banned")
    assert (await banned.call("room_snapshot", room=world.room)).status_code == 403
    assert (await banned.call("conferences")).json() == {"conferences": []}


async def test_only_public_questions_are_listed_for_everyone(world: World, program_of: ProgramOf) -> None:
    public = await approve(world, "Public?", anonymous=True)
    await world.ask("Pending?")
    dismissed = await world.ask("Dismissed?")
    await world.do("moderator", DismissQuestion(dismissed, (await world.question(dismissed)).version, "private reason"))
    await world.do("other", VoteQuestion(public))
    for who in (None, "attendee", "moderator", "admin"):
        response = await (await program_of(who)).call("session_questions", conference="forum", session=world.session)
        (only,) = response.json()["questions"]
        assert (only["question"]["id"], only["question"]["author"], only["votes"]) == (public, None, 2)
        assert "private reason" not in response.text


async def test_questions_come_in_pages_without_doubles_or_holes(world: World, program_of: ProgramOf) -> None:
    asked = []
    for number in range(5):
        asked.append(await approve(world, f"Question {number}?", "other" if number % 2 else "attendee"))
        world.clock.advance(seconds=1)
    program = await program_of(None)
    where: dict[str, Any] = {"conference": "forum", "session": world.session}
    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = (await program.call("session_questions", **where, limit=2, **after)).json()
        seen += [each["question"]["id"] for each in page["questions"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == asked
    assert (await program.call("session_questions", **where, after="nothing")).status_code == 404
    refused = await program.call("session_questions", **where, limit=1000)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "limit")
    assert (await program.call("session_questions", **where, order="votes")).status_code == 422


async def test_the_chat_is_read_back_page_by_page(world: World, program_of: ProgramOf) -> None:
    for number in range(5):
        await world.do("attendee", PostMessage(f"Line {number}"))
    program = await program_of(None)
    where: dict[str, Any] = {"conference": "forum", "session": world.session}
    seen: list[str] = []
    before: dict[str, Any] = {}
    while True:
        page = (await program.call("session_messages", **where, limit=2, **before)).json()
        seen = [each["text"] for each in page["messages"]] + seen
        if page["before"] is None:
            break
        before = {"before": page["before"]}
    assert seen == [f"Line {number}" for number in range(5)]


async def test_a_snapshot_shows_moderators_more_unless_they_want_the_public_one(
    world: World, program_of: ProgramOf
) -> None:
    await world.ask("Pending?")
    moderator, attendee = await program_of("moderator"), await program_of("attendee")
    whole = (await moderator.call("room_snapshot", room=world.room)).json()
    assert [each["text"] for each in whole["snapshot"]["moderation"]["questions"]] == ["Pending?"]
    public = (await moderator.call("room_snapshot", room=world.room, public="true")).json()
    assert (public["snapshot"]["moderation"], public["audience"]) == (None, "everyone")
    theirs = (await attendee.call("room_snapshot", room=world.room)).json()
    assert theirs["snapshot"] == public["snapshot"]
    assert [each["text"] for each in theirs["own"]["questions"]] == ["Pending?"]


async def test_organisers_export_every_question_with_its_history(world: World, program_of: ProgramOf) -> None:
    public = await approve(world, "Public?", "other")
    dismissed = await world.ask("Dismissed?", anonymous=True)
    await world.do("moderator", DismissQuestion(dismissed, (await world.question(dismissed)).version, "off topic"))
    where: dict[str, Any] = {"conference": "forum", "session": world.session}
    found = (await (await program_of("organiser")).call("session_export", **where)).json()["questions"]
    assert {each["id"]: (each["state"], each["author"], each["reason"]) for each in found} == {
        public: ("approved", "Other", ""),
        dismissed: ("dismissed", None, "off topic"),
    }
    acts = next(each["acts"] for each in found if each["id"] == public)
    assert [(act["act"], act["by"]) for act in acts] == [("question.asked", None), ("question.approved", "Moderator")]


async def test_a_live_connection_goes_on_from_a_snapshot(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    await world.do("other", PostMessage("Before"))
    snapshot = (await program.call("room_snapshot", room=world.room)).json()
    await world.do("other", PostMessage("After"))
    _, sink = await world.join("attendee", after=ReadPosition(snapshot["epoch"], snapshot["seq"]))
    assert sink.joined["resumed"]
    assert [event["message"]["text"] for event in sink.joined["events"]] == ["After"]


@pytest.mark.parametrize("room", ["x", "a" * 20, "../../etc/passwd", "%00"])
async def test_guessed_rooms_are_absent(program_of: ProgramOf, room: str) -> None:
    response = await (await program_of("attendee")).call("room_snapshot", room=room.replace("/", "%2F"))
    assert response.status_code == 404


async def test_too_many_calls_are_answered_with_when_to_retry(program_of: ProgramOf, world: World, monkeypatch) -> None:
    from rooms.core.rate_limits import Rate
    from server.api import door

    monkeypatch.setattr(door, "RATE", Rate(3, 60))
    program = await program_of("attendee")
    answers = [(await program.call("me")).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = await program.call("me")
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["retry_after"] > 0
    assert (await (await program_of("other")).call("me")).status_code == 200


async def test_a_page_of_questions_reads_that_page_alone(
    world: World, program_of: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.do("moderator", SetReview(False))
    asked = sorted([await world.ask(f"Question {n}") for n in range(5)])  # all at the same moment, so by id

    async def questions_of(*_: object) -> list[object]:
        raise AssertionError("all questions of the session are read")

    monkeypatch.setattr(queries, "questions_of", questions_of)
    program = await program_of(None)
    first = (await program.call("session_questions", conference="forum", session=world.session, limit=2)).json()
    rest = await program.call(
        "session_questions", conference="forum", session=world.session, limit=2, after=first["next"]
    )
    assert [each["question"]["id"] for each in first["questions"]] == asked[:2]
    assert [each["question"]["id"] for each in rest.json()["questions"]] == asked[2:4]


async def test_invented_tokens_share_the_limit_of_their_address(
    program_of: ProgramOf, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rooms.core.rate_limits import Rate
    from server.api import door

    monkeypatch.setattr(door, "TOKENS_OF_ADDRESS", Rate(3, 60))
    before = len(world.engine.limits)
    program = await program_of("attendee")
    answers: list[int] = []
    for number in range(5):
        headers = {"Authorization": f"Bearer plenary_invented{number}"}
        answers.append((await program.http.get("/api/v1/me", headers=headers)).status_code)
    assert answers == [401] * 3 + [429] * 2
    assert len(world.engine.limits) <= before + 1


async def test_answers_do_not_wait_for_each_other(program_of: ProgramOf, world: World) -> None:
    program = await program_of("attendee")
    calls = [program.call("room_snapshot", room=world.room) for _ in range(10)]
    assert {msgspec.json.encode(each.json()["seq"]) for each in await asyncio.gather(*calls)} == {b"0"}


async def test_the_rooms_of_booths_halls_and_sessions_are_found(world: World, program_of: ProgramOf) -> None:
    program = await program_of("attendee")
    wanted = {
        ("session", world.session): world.room,
        ("booth", world.booth): world.stand,
        ("hall", world.floor): world.hall,
    }
    for (kind, subject), room in wanted.items():
        answer = await program.call("room", conference="forum", kind=kind, subject=subject)
        assert answer.json() == {"room": room}
    desk = {"kind": "desk", "subject": world.people["attendee"]}
    for absent in (desk, {"kind": "booth", "subject": world.session}, {"kind": "meeting", "subject": "a" * 20}):
        assert (await program.call("room", conference="forum", **absent)).status_code == 404
