"""The form of a session: speakers in rows, the language by name, and the stage. Without JavaScript."""

import re

import pytest

from rooms.forum.hosting_messages import StageKind, StageView
from rooms.forum.questions.queries import forum
from rooms.programme import timetable
from rooms.programme.messages import OpenSession
from rooms.programme.timetable import TimetableEntry
from tests.support.visitor import Visitor, make_site
from tests.support.world import World
from web.players import player_address

NEW = "/c/forum/organise/sessions/new"
FORM = {"title": "Late idea", "starts_at": "2026-11-21T10:00", "ends_at": "2026-11-21T11:00", "language": "en"}
WATCH = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


@pytest.fixture
async def organiser(world: World) -> Visitor:
    return await Visitor(make_site(world)).sign_in(world.people["organiser"], NEW)


async def entry(world: World, title: str = "Late idea") -> TimetableEntry | None:
    async with world.engine.database.read() as connection:
        found = await timetable.entries(connection, world.conference)
    return next((each for each in found if each.title == title), None)


async def stage_of(world: World, session: str) -> StageView:
    async with world.engine.database.read() as connection:
        return (await forum(connection, session)).stage_view


async def test_speakers_are_rows_that_one_adds_and_removes(organiser: Visitor, world: World) -> None:
    rows = {"speaker": ["Li Wei", "Ada Lovelace"], "affiliation": ["Peking University", ""]}
    await organiser.post(NEW, {**FORM, **rows, "add_speaker": "1", "key": "k1"})
    assert len(re.findall('name="speaker"', organiser.page)) == 3
    assert 'value="Peking University"' in organiser.page
    assert 'value="Late idea"' in organiser.page
    await organiser.post(NEW, {**FORM, **rows, "remove_speaker": "0", "key": "k1"})
    assert "Li Wei" not in organiser.page
    assert 'value="Ada Lovelace"' in organiser.page
    assert await entry(world) is None, "nothing is saved yet"
    await organiser.post(NEW, {**FORM, **rows, "key": "k1"})
    found = await entry(world)
    assert found is not None
    assert [(each.name, each.affiliation) for each in found.speakers] == [
        ("Li Wei", "Peking University"),
        ("Ada Lovelace", ""),
    ]
    await organiser.get(f"/c/forum/organise/sessions/{found.id}")
    assert organiser.page.index('value="Li Wei"') < organiser.page.index('value="Ada Lovelace"')


async def test_the_first_button_saves_so_that_enter_does(organiser: Visitor) -> None:
    form = organiser.page[organiser.page.index('class="card stack organise-form"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert "name=" not in first[0]


async def test_the_language_is_chosen_by_name(organiser: Visitor, world: World) -> None:
    assert re.search(r'<option value="zh">Chinese</option>', organiser.page)
    assert re.search(r'<option value="en" selected>English</option>', organiser.page)
    await organiser.post(NEW, {**FORM, "language": "tlh", "key": "k1"})
    found = await entry(world)
    assert found is not None
    await organiser.get(f"/c/forum/organise/sessions/{found.id}")
    assert '<option value="tlh" selected>' in organiser.page, "another language of a file is kept"


async def test_a_player_of_another_site_is_marked_as_one(organiser: Visitor) -> None:
    assert '<option value="embed">Player of another site</option>' in organiser.page
    assert "its own site, which sees their network addresses" in organiser.page


async def test_the_stage_is_a_part_of_the_form_and_waits_for_the_lobby(organiser: Visitor, world: World) -> None:
    stage = {"stage_kind": "embed", "stage_address": WATCH, "stage_title": "Live from Hall 2"}
    await organiser.post(NEW, {**FORM, **stage, "key": "k1"})
    found = await entry(world)
    assert found is not None
    assert await stage_of(world, found.id) == StageView(StageKind.EMBED, PLAYER, "Live from Hall 2")
    attendee = await Visitor(organiser.site).sign_in(world.people["attendee"], f"/c/forum/sessions/{found.id}")
    assert PLAYER not in attendee.page
    await organiser.get(f"/c/forum/sessions/{found.id}")
    assert PLAYER in organiser.page, "staff test it"
    await world.do("organiser", OpenSession(), room=found.room)
    assert PLAYER in (await attendee.get(f"/c/forum/sessions/{found.id}")).text
    path = f"/c/forum/organise/sessions/{found.id}"
    await organiser.get(path)
    assert f'value="{PLAYER}"' in organiser.page
    assert f'href="/c/forum/sessions/{found.id}"' in organiser.page
    await organiser.post(path, {**FORM, "stage_kind": "slate", "stage_address": PLAYER, "key": "k2"})
    assert await stage_of(world, found.id) == StageView(StageKind.SLATE, "", "")


async def test_a_wrong_stage_saves_nothing_and_says_where(organiser: Visitor, world: World) -> None:
    for typed in ({"stage_kind": "hls", "stage_address": "http://cdn.example/a.m3u8"}, {"stage_kind": "hls"}):
        answer = await organiser.post(NEW, {**FORM, **typed, "key": "k1"})
        assert answer.status_code == 422
        assert 'id="field-stage_address-fault"' in organiser.page
    assert (await organiser.post(NEW, {**FORM, "stage_kind": "hologram", "key": "k1"})).status_code == 422
    assert await entry(world) is None


@pytest.mark.parametrize(
    ("given", "player"),
    [
        (WATCH, PLAYER),
        ("https://youtu.be/dQw4w9WgXcQ?t=42s", f"{PLAYER}?start=42"),
        ("youtube.com/live/dQw4w9WgXcQ", PLAYER),
        ("https://vimeo.com/76979871/abc123", "https://player.vimeo.com/video/76979871?h=abc123"),
        ("https://vimeo.com/event/123", "https://vimeo.com/event/123/embed"),
        ("https://www.twitch.tv/videos/12", "https://player.twitch.tv/?video=12&parent=forum.example"),
        ("https://www.twitch.tv/someone", "https://player.twitch.tv/?channel=someone&parent=forum.example"),
        ("https://www.bilibili.com/video/BV1xx411c7mD/", "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD"),
        (
            "https://live.bilibili.com/6",
            "https://www.bilibili.com/blackboard/live/live-activity-player.html?cid=6",
        ),
        ("https://player.example/embed/1", "https://player.example/embed/1"),
        ("https://www.youtube.com/watch?v=no", "https://www.youtube.com/watch?v=no"),
        ("https://[", "https://["),
        ("", ""),
    ],
)
def test_copied_addresses_become_players(given: str, player: str) -> None:
    assert player_address(given, "forum.example") == player
