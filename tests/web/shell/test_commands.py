"""POST /do/<op>: commands as plain forms, with the same rights and the same outcome as over the live connection."""

from typing import Any

import pytest
from starlette.datastructures import FormData

from rooms.core.engine import Engine
from rooms.forum.polls.messages import DraftPoll, PollKind
from rooms.forum.questions.messages import AskQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, LabelQuestion
from rooms.people import signins
from rooms.people.signins import SignedIn
from tests.support.visitor import Visitor
from tests.support.world import World
from web.pages.shell.commands import command_of
from web.site import Site


@pytest.fixture
async def attendee(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["attendee"])


@pytest.fixture
async def moderator(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["moderator"])


def asked(world: World, **changes: Any) -> dict[str, Any]:
    form = {"room": world.room, "key": "k1", "next": f"/c/forum/sessions/{world.session}", "text": "Why is it so?"}
    return {**form, **changes}


async def texts(world: World) -> list[str]:
    view = await world.engine.view(world.people["moderator"], world.room)
    moderation = getattr(view.snapshot, "moderation", None)
    assert moderation is not None
    return [question.text for question in moderation.questions]


async def test_a_form_reads_its_sign_in_once(attendee: Visitor, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/decisions/0022-each-function-asks-for-the-viewer.md"""
    await attendee.get("/sign-in")
    reads: list[str] = []
    find = signins.find

    async def counting(engine: Engine, signin: str) -> SignedIn:
        reads.append(signin)
        return await find(engine, signin)

    monkeypatch.setattr(signins, "find", counting)
    assert (await attendee.post("/do/question.ask", asked(world, text=" "), follow=False)).status_code == 422
    assert len(reads) == 1


async def test_a_question_is_asked_by_a_form(attendee: Visitor, world: World) -> None:
    answer = await attendee.post("/do/question.ask", asked(world), follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/forum/sessions/{world.session}")
    assert await texts(world) == ["Why is it so?"]
    await attendee.get("/account")
    assert "after a moderator has reviewed it" in attendee.page
    await attendee.get("/account")
    assert "after a moderator has reviewed it" not in attendee.page


async def test_the_room_may_be_the_persons_desk(attendee: Visitor, world: World) -> None:
    page = f"/c/forum/sessions/{world.session}"
    await attendee.get(page)
    assert "Your name is not in this list" in attendee.page
    form = {"room": "desk", "key": "k1", "next": page, "listed": "true"}
    await attendee.post("/do/presence.list", form)
    assert "Your name is in this list." in attendee.page


async def test_a_form_sent_twice_changes_nothing(attendee: Visitor, world: World) -> None:
    for _ in range(2):
        assert (await attendee.post("/do/question.ask", asked(world), follow=False)).status_code == 303
    assert await texts(world) == ["Why is it so?"]


async def test_fields_that_a_command_does_not_have_are_refused(attendee: Visitor, world: World) -> None:
    for field in ("role", "event", "author", "state", "op", "person"):
        assert (await attendee.post("/do/question.ask", asked(world, **{field: "x"}))).status_code == 422, field
    assert await texts(world) == []
    assert (await attendee.post("/do/question.ask", asked(world), follow=False)).status_code == 303


@pytest.mark.parametrize("op", ["question.nothing", "conference.delete", "__class__", "Command"])
async def test_an_unknown_command_is_refused(attendee: Visitor, world: World, op: str) -> None:
    assert (await attendee.post(f"/do/{op}", asked(world))).status_code == 400


async def test_what_was_typed_is_kept_when_it_is_refused(attendee: Visitor, world: World) -> None:
    long = "Why? " * 200
    answer = await attendee.post("/do/question.ask", asked(world, text=long))
    assert answer.status_code == 422
    assert "The limit is 500" in attendee.page
    assert long in attendee.page
    for part in ('action="/do/question.ask"', f'value="{world.room}"', 'name="key" value="k1"'):
        assert part in attendee.page
    assert (await attendee.post("/do/question.ask", asked(world, text="Why?"), follow=False)).status_code == 303
    assert await texts(world) == ["Why?"]


@pytest.mark.parametrize(
    ("who", "status", "words"),
    [("unverified", 403, "Confirm your email address"), ("banned", 403, "removed you"), ("stranger", 303, "")],
)
async def test_a_refused_person_learns_why(site: Site, world: World, who: str, status: int, words: str) -> None:
    visitor = await Visitor(site).sign_in(world.people[who])
    assert (await visitor.post("/do/question.ask", asked(world), follow=False)).status_code == status
    assert words in visitor.page


async def test_a_signed_out_person_is_asked_to_sign_in_and_keeps_the_text(site: Site, world: World) -> None:
    visitor = Visitor(site)
    await visitor.get("/sign-in")
    answer = await visitor.post("/do/question.ask", asked(world))
    assert answer.status_code == 401
    assert "Why is it so?" in visitor.page
    assert 'href="/sign-in' in visitor.page


async def test_boxes_numbers_and_lists_are_read(moderator: Visitor, world: World) -> None:
    question = await world.ask()
    form = {"room": world.room, "key": "a", "question": question, "version": "1", "labels": "new, good "}
    assert (await moderator.post("/do/question.label", form, follow=False)).status_code == 303
    assert (await world.question(question)).labels == ["new", "good"]
    form = {"room": world.room, "key": "b", "required": ["false", "true"]}
    assert (await moderator.post("/do/asking.review", form, follow=False)).status_code == 303
    form = {"room": world.room, "key": "c", "person": world.people["other"], "minutes": "", "reason": "Shouting"}
    assert (await moderator.post("/do/person.silence", form, follow=False)).status_code == 303
    form = {"room": world.room, "key": "d", "person": world.people["other"], "minutes": "soon"}
    assert (await moderator.post("/do/person.silence", form, follow=False)).status_code == 422


async def test_who_comes_too_late_sees_it_and_can_overrule(moderator: Visitor, world: World) -> None:
    question = await world.ask()
    await world.do("colleague", ApproveQuestion(question, version=1))
    form = {"room": world.room, "key": "late", "question": question, "version": "1", "reason": "Said before"}
    answer = await moderator.post("/do/question.dismiss", form)
    assert answer.status_code == 409
    assert "Colleague has changed this question" in moderator.page
    assert 'name="version" value="2"' in moderator.page
    assert "Said before" in moderator.page


async def test_rights_that_were_taken_away_are_gone_for_forms_too(moderator: Visitor, world: World) -> None:
    question = await world.ask()
    form = {"room": world.room, "key": "a", "question": question, "version": "1"}
    from rooms.core.commands.people import Role
    from rooms.people.messages import RevokeRole

    await world.do("organiser", RevokeRole(world.people["moderator"], Role.MODERATOR))
    assert (await moderator.post("/do/question.approve", form)).status_code == 403
    assert (await world.question(question)).state == "pending"


async def test_only_the_one_who_unmasks_learns_the_anonymous_asker(
    site: Site, world: World, moderator: Visitor, attendee: Visitor
) -> None:
    await attendee.post("/do/question.ask", asked(world, anonymous="true"))
    question = (await world.do("attendee", AskQuestion("Who?", True), key="k9")).reply
    assert question
    id = (await world.engine.view(world.people["moderator"], world.room)).snapshot.moderation.questions[0].id  # type: ignore[attr-defined]
    form = {"room": world.room, "key": "u", "question": id, "next": "/account"}
    refused = await attendee.post("/do/question.unmask", form)
    assert refused.status_code == 403
    await moderator.post("/do/question.unmask", form)
    assert "Asked by Attendee" in moderator.page


async def test_a_foreign_next_does_nothing(attendee: Visitor, world: World) -> None:
    answer = await attendee.post("/do/question.ask", asked(world, next="https://evil.example/"))
    assert answer.status_code == 400
    assert await texts(world) == []


def test_the_message_says_how_a_form_writes_a_list() -> None:
    form = FormData([("kind", "single"), ("title", "Where?"), ("options", "Suzhou, in May\r\n\r\nBeijing")])
    assert command_of("poll.draft", form) == DraftPoll(PollKind.SINGLE, "Where?", ["Suzhou, in May", "Beijing"])
    form = FormData([("question", "a" * 20), ("version", "1"), ("labels", "visa, travel")])
    assert command_of("question.label", form) == LabelQuestion("a" * 20, 1, ["visa", "travel"])
