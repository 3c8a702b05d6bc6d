"""The organiser's programme, as somebody without JavaScript works on it: imports, sessions written by hand, exports."""

import asyncio
import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

import web.imports
from rooms.forum.polls.messages import AnswerPoll, Drafted, DraftPoll, OpenPoll, PollKind
from rooms.forum.questions.moderation_messages import DismissQuestion
from rooms.programme import timetable
from rooms.programme.imports import importing
from rooms.programme.messages import CreateSession
from rooms.programme.schedules import frab
from rooms.programme.timetable import TimetableEntry
from tests.support.schedules import SECOND, camp, document, event, file
from tests.support.visitor import Visitor
from tests.support.world import START, World
from web.site import Site

PAGE = "/c/forum/organise/programme"


@pytest.fixture
async def organiser(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["organiser"], next=PAGE)


async def entries(world: World) -> dict[str, TimetableEntry]:
    async with world.engine.database.read() as connection:
        return {entry.title: entry for entry in await timetable.entries(connection, world.conference)}


async def upload(visitor: Visitor, data: bytes, name: str = "schedule.json", **options: Any):
    await visitor.get(PAGE)
    return await visitor.post(PAGE, files={"file": (name, data)}, **options)


async def agree(visitor: Visitor, answer: Any, **options: Any):
    """Presses “Apply all changes” on the page of a plan."""
    plan = re.search(r'name="plan" value="(\w+)"', visitor.page)
    assert plan is not None
    return await visitor.post(answer.url.path, {"plan": plan[1]}, **options)


def without_tags(page: str) -> str:
    return " ".join(re.sub("<.*?>", " ", page).split())


async def test_first_the_plan_then_the_change_then_nothing_to_do(organiser: Visitor, world: World) -> None:
    answer = await upload(organiser, file())
    assert answer.status_code == 200
    said = without_tags(organiser.page)
    assert "schedule.json The file has 2 sessions. Nothing has been changed yet." in said
    assert "Talent centres" in said
    assert list(await entries(world)) == ["Opening"]  # the world's own, nothing else yet

    await agree(organiser, answer)
    assert "The programme was imported. Sessions: 2 added." in organiser.page
    assert "Talent centres" in await entries(world)

    await upload(organiser, file())
    assert "Nothing to change" in organiser.page


async def test_the_plan_tells_every_field_old_and_new(organiser: Visitor, world: World) -> None:
    await agree(organiser, await upload(organiser, file()))
    moved = event(start="11:30", date="2026-11-14T11:30:00+08:00", title="Grand opening", room="Hall 1")
    answer = await upload(organiser, file(moved))
    said = without_tags(organiser.page)
    assert "1 moved 1 cancelled" in said
    assert "Title Opening → becomes Grand opening" in said
    assert "Begins 2026-11-14 09:30 → becomes 2026-11-14 11:30" in said
    await agree(organiser, answer)
    found = await entries(world)
    assert found["Grand opening"].starts_at == datetime(2026, 11, 14, 3, 30, tzinfo=UTC)
    assert found["Talent centres"].cancelled


async def test_a_broken_file_is_reported_whole_and_changes_nothing(organiser: Visitor, world: World) -> None:
    broken = file(event(duration="soon"), SECOND | {"title": ""}, time_zone_name="Moon/Crater")
    answer = await upload(organiser, broken)
    assert answer.status_code == 422
    assert "Faults found: 3. Nothing was changed." in organiser.page
    assert organiser.page.count("<li dir=") == 3
    for words in ("“soon” does not belong here", "“Moon/Crater” is not a known time zone"):
        assert words in organiser.page
    assert (await upload(organiser, b"{")).status_code == 422
    assert (await upload(organiser, b"")).status_code == 422
    assert list(await entries(world)) == ["Opening"]


async def test_what_is_imported_is_shown(organiser: Visitor, world: World) -> None:
    about = {
        "abstract": "<p>First <strong>bold</strong> &amp; more</p><script>alert(1)</script>",
        "description": "Long **text** with https://e.example/page.",
        "links": [{"url": "https://e.example/l", "title": "L"}, "https://e.example/untitled"],
        "attachments": [{"url": "https://e.example/a.pdf", "title": "Slides <1>"}],
    }
    only = SECOND | {"description": "# Only this", "abstract": ""}
    await agree(organiser, await upload(organiser, file(event(title="Grand opening", **about), only)))
    found = await entries(world)
    page = (await organiser.get(f"/c/forum/sessions/{found['Grand opening'].id}")).text
    rel = 'rel="noopener nofollow ugc"'
    assert "<p>First <strong>bold</strong> &amp; more</p>" in page
    assert "alert(1)" not in page
    assert f'Long <strong>text</strong> with <a href="https://e.example/page" target="_blank" {rel}>' in page
    assert f'<a href="https://e.example/l" {rel} target="_blank" dir="auto">L</a>' in page
    assert (
        f'<a href="https://e.example/untitled" {rel} target="_blank" dir="auto">https://e.example/untitled</a>' in page
    )
    assert f'<a href="https://e.example/a.pdf" {rel} target="_blank" dir="auto">Slides &lt;1&gt;</a>' in page
    page = (await organiser.get(f"/c/forum/sessions/{found['Talent centres'].id}")).text
    assert "<h4>Only this</h4>" in page
    calendar = (await organiser.get("/c/forum/programme.ics")).text.replace("\r\n ", "")
    assert "First bold & more" in calendar
    assert "# Only this" in calendar


async def test_what_was_decided_and_what_is_left_out_is_listed(organiser: Visitor, world: World) -> None:
    await upload(organiser, file(event(room="Elsewhere"), SECOND | {"duration": "soon"}))
    assert "1 row is left out:" in organiser.page
    assert "Talent centres (2) › duration: “soon” does not belong here." in organiser.page
    assert "1 note on how the file was read:" in organiser.page
    assert "The session says room “Elsewhere” but is listed under “Hall 1”. The latter is taken." in organiser.page


async def test_changes_made_in_between_are_shown_again(organiser: Visitor, world: World) -> None:
    answer = await upload(organiser, file())
    other = await Visitor(organiser.site).sign_in(world.people["admin"], next=PAGE)
    await agree(other, await upload(other, file(event())))
    again = await agree(organiser, answer)
    assert again.status_code == 409
    assert "Someone else has changed the programme" in organiser.page
    assert "Talent centres" not in await entries(world)
    await agree(organiser, again)
    assert "Talent centres" in await entries(world)


async def test_an_upload_is_its_organisers_alone(organiser: Visitor, world: World) -> None:
    answer = await upload(organiser, file())
    other = await Visitor(organiser.site).sign_in(world.people["admin"], next=PAGE)
    assert (await organiser.get(answer.url.path)).status_code == 200
    assert (await other.get(answer.url.path)).status_code == 404
    assert (await other.post(answer.url.path, {"plan": "x"})).status_code == 404


@pytest.mark.parametrize("who", ["attendee", "moderator", "colleague", "speaker"])
async def test_who_is_no_organiser_can_do_nothing_here(site: Site, world: World, who: str) -> None:
    visitor = await Visitor(site).sign_in(world.people[who])
    ends = ["", "/programme", "/sessions/new", f"/sessions/{world.session}", "/schedule.json"]
    for end in [*ends, f"/questions/{world.session}.csv"]:
        assert (await visitor.get(f"/c/forum/organise{end}")).status_code == 403, end
    assert (await visitor.post(PAGE, files={"file": ("x.json", file())})).status_code == 403
    assert (await visitor.post("/c/forum/organise/sessions/new", {"title": "x"})).status_code == 403
    assert list(await entries(world)) == ["Opening"]


async def test_this_page_alone_takes_more_than_a_megabyte(organiser: Visitor) -> None:
    large = document()
    large["schedule"]["conference"]["days"][0]["rooms"]["Hall 1"][0]["description"] = "long " * 1_000
    pad_to_power_of_two = json.dumps(large).encode() + b" " * 3_000_000
    assert (await upload(organiser, pad_to_power_of_two)).status_code == 200
    assert (await upload(organiser, b" " * 22_000_000)).status_code == 413
    elsewhere = await organiser.post("/c/forum/organise/sessions/new", files={"file": ("x", b" " * 3_000_000)})
    assert elsewhere.status_code == 413


async def test_a_long_import_shows_its_progress(
    organiser: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page grows; each progress message follows the previous one."""
    import_schedule = importing.import_schedule

    async def slowly(*args: Any, progress: Any, **options: Any) -> Any:
        for done in range(1, 4):
            progress(done, 4)
            await asyncio.sleep(0.03)
        return await import_schedule(*args, **options)

    monkeypatch.setattr(importing, "import_schedule", slowly)
    monkeypatch.setattr(web.imports, "PATIENCE", 0.01)
    monkeypatch.setattr(web.imports, "STEP", 0.01)
    answer = await agree(organiser, await upload(organiser, file()))
    assert answer.status_code == 200
    steps = re.findall(r'<progress max="4" value="(\d)"', answer.text)
    assert steps == sorted(steps)
    assert {"1", "2", "3"} & set(steps)
    assert answer.text.index("Sessions: 2 added.") > answer.text.rindex("<progress")
    assert answer.text.endswith("</html>")
    assert "Talent centres" in await entries(world)


async def test_the_camp_goes_in_and_out_again(organiser: Visitor, world: World) -> None:
    answer = await upload(organiser, camp())
    assert "79 added" in without_tags(organiser.page)
    await agree(organiser, answer)
    assert len(await entries(world)) == 80
    for format in ("json", "xml"):
        exported = await organiser.get(f"/c/forum/organise/schedule.{format}")
        assert "attachment" in exported.headers["content-disposition"]
        assert len(frab.read(exported.content).sessions) == 80
        await upload(organiser, exported.content, f"schedule.{format}")
        assert "Nothing to change" in organiser.page
    assert (await organiser.get("/c/forum/organise/schedule.csv")).status_code == 404


def form(**changes: str) -> dict[str, str | list[str]]:
    fields: dict[str, str | list[str]] = {
        "title": "Talent centres",
        "starts_at": "2026-11-20T14:00",
        "ends_at": "2026-11-20T15:30",
        "language": "zh",
        "place": "Hall B",
        "track": "Forum",
        "speaker": ["Lin Yuehua", "Wei Lan", ""],
        "affiliation": ["Shenzhen University", "", "of nobody"],
        "zh_Hans.title": "人才中心",
        "key": "k1",
    }
    return fields | changes


async def test_a_session_is_written_by_hand_in_the_events_zone(organiser: Visitor, world: World) -> None:
    await organiser.get("/c/forum/organise/sessions/new")
    await organiser.post("/c/forum/organise/sessions/new", form())
    assert "Saved." in organiser.page
    found = (await entries(world))["Talent centres"]
    assert found.starts_at == datetime(2026, 11, 20, 6, tzinfo=UTC)  # Shanghai is eight hours ahead
    assert found.ends_at - found.starts_at == timedelta(minutes=90)
    assert [(one.name, one.affiliation) for one in found.speakers] == [
        ("Lin Yuehua", "Shenzhen University"),
        ("Wei Lan", ""),
    ]

    path = f"/c/forum/organise/sessions/{found.id}"
    await organiser.get(path)
    assert 'value="2026-11-20T14:00"' in organiser.page
    await organiser.post(path, form(title="Talent centres and hubs", key="k2"))
    changed = (await entries(world))["Talent centres and hubs"]
    assert (changed.id, changed.revision) == (found.id, 1)


async def test_a_refused_form_comes_back_filled_with_the_fault_at_its_field(organiser: Visitor, world: World) -> None:
    path = "/c/forum/organise/sessions/new"
    await organiser.get(path)
    answer = await organiser.post(path, form(ends_at="2026-11-20T13:00", title="Kept words"))
    assert answer.status_code == 422
    assert 'value="Kept words"' in organiser.page
    assert re.search(r'id="field-ends_at-fault">.*ends before it begins', organiser.page, re.DOTALL)
    assert (await organiser.post(path, form(starts_at="tomorrow"))).status_code == 422
    assert 'id="field-starts_at-fault"' in organiser.page
    assert (await organiser.post(path, form(title="x" * 400))).status_code == 422
    assert 'id="field-title-fault"' in organiser.page
    assert (await organiser.post(path, form(title=""))).status_code == 422
    assert list(await entries(world)) == ["Opening"]


async def test_the_overview_counts(organiser: Visitor, world: World) -> None:
    at = {"starts_at": START + timedelta(hours=2), "ends_at": START + timedelta(hours=3)}
    await world.do("organiser", CreateSession(title="Coming soon", place="Hall 1", **at), room=world.lobby)
    await world.ask("Waiting for a moderator")
    await organiser.get("/c/forum/organise")
    said = without_tags(organiser.page)
    assert "Sessions 2 Live 0 Ended 0 Cancelled 0 Halls 1" in said
    assert "1 question waiting" in said
    assert "Coming soon" in said


async def test_the_questions_of_a_session_as_files(organiser: Visitor, world: World) -> None:
    question = await world.ask("=1+1", anonymous=True)
    await world.do("moderator", DismissQuestion(question, (await world.question(question)).version, "No"))
    path = f"/c/forum/organise/questions/{world.session}"
    table = await organiser.get(f"{path}.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    [row] = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert (row["state"], row["text"], row["author"], row["reason"]) == ("dismissed", "'=1+1", "", "No")
    [record] = (await organiser.get(f"{path}.json")).json()["questions"]
    assert [act["by"] for act in record["acts"]] == [None, "Moderator"]
    assert b"Attendee" not in table.content
    assert (await organiser.get("/c/forum/organise/questions/nothing.csv")).status_code == 404


async def test_the_polls_of_a_session_as_files(organiser: Visitor, world: World) -> None:
    drafted = await world.do("moderator", DraftPoll(PollKind.SINGLE, "Which way?", ["Left", "Right"]))
    poll = msgspec.json.decode(drafted.reply, type=Drafted).poll
    await world.do("moderator", OpenPoll(poll))
    await world.do("attendee", AnswerPoll(poll, 1, [1]))
    path = f"/c/forum/organise/polls/{world.session}"
    assert f"{path}.csv" in (await organiser.get("/c/forum/organise/programme")).text
    table = await organiser.get(f"{path}.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"].endswith('-polls.csv"')
    left, right = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert (left["answer"], left["count"], right["answer"], right["count"]) == ("Left", "1", "Right", "0")
    [record] = (await organiser.get(f"{path}.json")).json()["polls"]
    assert (record["id"], record["voters"]) == (poll, 1)
    assert (await organiser.get("/c/forum/organise/polls/nothing.csv")).status_code == 404
