"""S49, S50: what people write stays what they wrote: no placeholder of theirs is filled, and no cell of theirs is a formula."""

import csv
import io
from typing import Any

import msgspec
import pytest

from rooms.chat.messages import PostMessage
from rooms.core.errors import Problem
from rooms.forum.hosting_messages import SetReview
from rooms.forum.questions.moderation_messages import AnswerQuestion, ApproveQuestion, DismissQuestion, LabelQuestion
from rooms.people.messages import SilencePerson
from rooms.people.registration import EmailKind, Notice
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.visitor import Outbox, Visitor
from tests.support.waiting import settled
from tests.support.world import World
from web.emails import account_email
from web.site import Site

PLACEHOLDERS = [
    "{event.__init__.__globals__}",
    "{0.__class__.__mro__}",
    "%(name)s %(state)s %(limit)s",
    "%s %d %n %x %%",
    "{{ 7 * 7 }} {% include 'shell/base.html' %}",
    "${jndi:ldap://x} $name \\1 \\g<0>",
    "%(",
    "100 %",
]


# S49


@pytest.mark.parametrize("text", PLACEHOLDERS)
async def test_placeholders_stay_literal_in_rooms_and_pages(site: Site, world: World, text: str) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await organiser.post("/account", {"name": text}, follow=False)
    attendee = await enter(world, "attendee")
    await world.do("moderator", SetReview(False))
    question = await world.ask(text, "organiser")
    await world.do("organiser", PostMessage(text))
    await world.do("moderator", AnswerQuestion(question, 1, text=text, public=True))
    await settled(world.engine)
    snapshot = attendee.catch_up().state["snapshot"]
    [shown], [message] = snapshot["questions"], snapshot["messages"]
    assert (shown["text"], shown["author"], shown["answer"]) == (text, text, text)
    assert (message["text"], message["author"]["name"]) == (text, text)
    page = await organiser.get(f"/c/forum/sessions/{world.session}")
    assert page.status_code == 200
    assert text in organiser.page
    for form in ("json", "csv"):
        answer = await organiser.get(f"/c/forum/organise/questions/{world.session}.{form}")
        assert answer.status_code == 200
        assert text.replace("\\", "\\\\" if form == "json" else "\\") in answer.text


@pytest.mark.parametrize("text", PLACEHOLDERS)
async def test_placeholders_stay_literal_in_problems(world: World, text: str) -> None:
    async with world.engine.database.write() as connection:
        from rooms.core.store.tables import persons

        await connection.execute(
            persons.update().where(persons.c.id == world.people["moderator"]).values(name=text[:80])
        )
    question = await world.ask("Why?")
    await world.do("moderator", ApproveQuestion(question, 1))
    with refused("stale") as refusal:
        await world.do("colleague", DismissQuestion(question, 1))
    assert refusal.problem.view().message.startswith(f"{text[:80]} has changed")
    from rooms.core.commands.registry import spec_of

    with pytest.raises(Problem) as unknown:
        spec_of(text)
    assert text[:40] in unknown.value.view().message
    await world.do("moderator", SilencePerson(world.people["attendee"], 5, text))
    with refused("silenced"):
        await world.ask("Again?")


@pytest.mark.parametrize("text", PLACEHOLDERS)
async def test_placeholders_stay_literal_in_emails(site: Site, emails: Outbox, text: str) -> None:
    for kind in EmailKind:
        assert f"Hello {text}," in account_email(site, "en", Notice(kind, "ada@example.org", text, "secret")).text
    visitor = Visitor(site)
    await visitor.get("/sign-up")
    form = {"name": text, "email": "new@example.org", "password": "a good long sentence"}
    assert (await visitor.post("/sign-up", form)).status_code == 200
    await visitor.settled()
    assert f"Hello {text}," in emails.sent[-1].text


# S50

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("https://evil.example")',
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "=cmd|' /C calc'!A0",
]


async def test_no_cell_of_an_export_begins_a_formula(world: World) -> None:
    from rooms.forum.questions.export import as_csv, export_questions

    world.lift_limits()
    for formula in FORMULAS:
        world.clock.advance(seconds=1)
        question = await world.ask(formula)
        await world.do("moderator", LabelQuestion(question, 1, [formula[:40]]))
        await world.do("moderator", DismissQuestion(question, 2, formula))
    async with world.engine.database.read() as connection:
        export = await export_questions(connection, world.session, world.room, world.clock())
    rows = list(csv.DictReader(io.StringIO(as_csv(export).decode("utf-8-sig"), newline="")))
    assert [row["text"] for row in rows] == [f"'{formula}" for formula in FORMULAS]
    cells = [cell for row in rows for cell in row.values()]
    assert len(cells) > 100
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]
    received: Any = msgspec.json.decode(msgspec.json.encode(export))
    assert [each["text"] for each in received["questions"]] == FORMULAS, "programs get what was written"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_begins_a_formula_whatever_separates_the_cells(separator: str) -> None:
    from rooms.core.csv_export import as_csv

    texts = [f"x{between}{formula}" for formula in FORMULAS for between in (";", "; ", "\t", "|", "\n", "\r\n", ';"')]
    data = as_csv(("a", "b"), [("first", text) for text in [*FORMULAS, *texts]]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data, newline=""), delimiter=separator))
    cells = [cell.strip(' "') for row in rows for cell in row]
    assert any("SUM" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]


def test_usual_texts_stay_as_they_are() -> None:
    from rooms.core.csv_export import cell

    for text in ("Hello, world", "a; b", "1 - 2", "one\ntwo", "ada@example.org", "x = y"):
        assert cell(text) == text
