"""A session's four pages: for everyone, for its moderators, for its speakers, and for the big screen.

Each is readable without JavaScript, and every action on it is a form; the islands then make it live.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rooms.chat.queries import latest_messages
from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.people import PresenceView, Role
from rooms.core.commands.room_kinds import LatestValues
from rooms.core.errors import Problem
from rooms.core.store.journal import Room
from rooms.core.text import N_
from rooms.forum.polls.messages import ModeratedTally, PollState, PollTally, PollView
from rooms.forum.questions.messages import PublicQuestion, QuestionState
from rooms.forum.questions.moderation_messages import ModeratedQuestion
from rooms.forum.snapshots import Own, SessionSnapshot
from rooms.people import rules
from rooms.programme import queries, short_links
from rooms.programme.messages import SessionView
from rooms.programme.queries import Conference, SessionAbout
from web import links
from web.forms import asked_number
from web.qr import qr_code
from web.session_time import Start, start_of
from web.site import site_of
from web.templating import page
from web.viewer import viewer_of
from web.zones import Zones, zones_of

CHOSEN = 5  # how many of the most wanted questions a speaker sees beside those pinned by moderators

State = QuestionState

SEGMENTS: dict[str, Callable[[ModeratedQuestion], bool]] = {
    "pending": lambda q: q.state is State.PENDING,
    "approved": lambda q: q.state is State.APPROVED and q.answered_at is None and q.archived_at is None,
    "answered": lambda q: q.state is State.APPROVED and q.answered_at is not None and q.archived_at is None,
    "archived": lambda q: q.state is State.APPROVED and q.archived_at is not None,
    "dismissed": lambda q: q.state is State.DISMISSED,
    "merged": lambda q: q.state is State.MERGED,
}
"""The lanes of the queue, by the keys 1 to 6 of the console; `web/islands/src/forum/state/queue.ts` uses the same lanes."""


@dataclass(frozen=True)
class SessionPage:
    """A session's room for the templates, limited to what the viewer may see."""

    room: str
    path: str
    conference: Conference
    zone: ZoneInfo
    actor: Actor
    snapshot: SessionSnapshot
    own: Own
    votes: dict[str, int]
    latest: LatestValues
    present: PresenceView | None
    about: SessionAbout
    zones: Zones
    now: datetime

    @property
    def start(self) -> Start:
        return start_of(self.session.starts_at, self.session.ends_at, self.now)

    @property
    def session(self) -> SessionView:
        return self.snapshot.session

    def question(self, id: str | None) -> PublicQuestion | None:
        return next((each for each in self.snapshot.questions if each.id == id), None)

    @property
    def answering(self) -> PublicQuestion | None:
        return self.question(self.snapshot.answering)

    @property
    def on_screen(self) -> PublicQuestion | None:
        return self.question(self.snapshot.screen)

    @property
    def polls(self) -> list[PollView]:
        """For attendees: open polls before closed ones, the newest first."""
        shown = [each for each in self.snapshot.polls if each.state in {PollState.OPEN, PollState.CLOSED}]
        newest = sorted(shown, key=lambda each: each.opened_at or each.made_at, reverse=True)
        return sorted(newest, key=lambda each: each.state is not PollState.OPEN)

    @property
    def poll_on_screen(self) -> PollView | None:
        return next((each for each in self.polls if each.id == self.snapshot.screen_poll), None)

    def results(self, poll: str) -> PollTally | None:
        """The results for everyone, once they are revealed."""
        return self.latest.get("poll_results", {}).get(poll)

    def tally(self, poll: str) -> ModeratedTally | None:
        """The results for moderators, at any time."""
        return self.latest.get("poll_tallies", {}).get(poll)

    def mean(self, tally: PollTally) -> str:
        """The mean of a non-empty list of ratings."""
        rated = sum(rating * count for rating, count in enumerate(tally.counts, 1))
        return f"{rated / tally.voters:.1f}"

    @property
    def open(self) -> list[PublicQuestion]:
        """Unanswered questions: pinned ones first, then the most wanted."""
        return sorted((each for each in self.snapshot.questions if each.answered_at is None), key=self._rank)

    @property
    def answered(self) -> list[PublicQuestion]:
        """Answered questions, the latest first."""
        done = [(each.answered_at, each) for each in self.snapshot.questions if each.answered_at is not None]
        return [each for _, each in sorted(done, key=lambda pair: pair[0], reverse=True)]

    def _rank(self, question: PublicQuestion) -> Any:
        return not question.pinned, -self.votes.get(question.id, 0), question.asked_at

    @property
    def chosen(self) -> list[PublicQuestion]:
        """For speakers: the question on the screen, pinned ones, and the most wanted; without the one being answered."""
        rest = [each for each in self.open if each.id != self.snapshot.answering]
        first = [each for each in rest if each.id == self.snapshot.screen or each.pinned]
        return first + [each for each in rest if each not in first][:CHOSEN]

    def counts(self) -> dict[str, int]:
        return {name: len(self.segment(name)) for name in SEGMENTS}

    def segment(self, name: str) -> list[ModeratedQuestion]:
        """Oldest first in lanes with open tasks, otherwise the most wanted first."""
        assert self.snapshot.moderation is not None
        found = [each for each in self.snapshot.moderation.questions if SEGMENTS[name](each)]
        if name == "approved":
            found.sort(key=lambda each: (not each.pinned, -self.votes.get(each.id, 0), each.asked_at))
        return found


async def session_page(request: Request, *, public: bool = False) -> SessionPage:
    """Reads the session in the path. `public`: as everyone sees it. Raises Problem "not_found" or "forbidden"."""
    site, viewer = site_of(request), await viewer_of(request)
    slug, id = request.path_params["conference"], request.path_params["session"]
    async with site.engine.database.read() as connection:
        conference = await queries.conference(connection, slug)
        room = await queries.session_room(connection, conference.id, id)
        about = await queries.session_about(connection, id)
        zones = await zones_of(connection, conference.id, signed_in=viewer.id is not None)
    view = await site.engine.view(viewer.id, room, public=public)
    return SessionPage(
        room=room,
        path=links.path("session", conference.slug, id),
        conference=conference,
        zone=viewer.zone_for(ZoneInfo(conference.zone)),
        actor=view.actor,
        snapshot=cast(SessionSnapshot, view.snapshot),
        own=cast(Own, view.own),
        votes=view.latest.get("votes", {}),
        latest=view.latest,
        present=view.latest.get("present", {}).get(""),
        about=about,
        zones=zones,
        now=site.engine.clock(),
    )


async def _shown(request: Request, template: str, shown: SessionPage, **context: Any) -> Response:
    return await page(
        request,
        template,
        page=shown,
        snapshot=shown.snapshot,
        own=shown.own,
        conference=shown.conference,
        zone=shown.zone,
        navigation=shown.zones,
        may_organise=Role.ORGANISER in shown.actor.roles,
        **context,
    )


async def attend(request: Request) -> Response:
    return await _shown(request, "forum/session.html", await session_page(request))


async def messages(request: Request) -> Response:
    """GET …/messages?before=<number>: chat messages before that one (without it, the newest), oldest first."""
    site, viewer = site_of(request), await viewer_of(request)
    before = asked_number(request, "before")
    if before is None and request.query_params.get("before"):
        raise Problem("malformed", N_("This cannot be read."), field="before")
    async with site.engine.database.read() as connection:
        conference = await queries.conference(connection, request.path_params["conference"])
        room = await queries.session_room(connection, conference.id, request.path_params["session"])
    await site.engine.actor(viewer.id, room)
    async with site.engine.database.read() as connection:
        found = await latest_messages(connection, room, before=before)
    return Response(msgspec.json.encode({"messages": found}), media_type="application/json")


async def moderate(request: Request) -> Response:
    shown = await session_page(request)
    rules.moderates(shown.actor)
    segment = request.query_params.get("show", "pending")
    if segment not in SEGMENTS:
        segment = "pending"
    return await _shown(request, "forum/moderate.html", shown, segment=segment)


async def speak(request: Request) -> Response:
    shown = await session_page(request)
    rules.presents(shown.actor)
    return await _shown(request, "forum/speak.html", shown)


async def screen(request: Request) -> Response:
    """For a projector, or with `?overlay=1` for a stream. It may be visible to anyone, so it only shows public content."""
    shown = await session_page(request, public=True)
    site = site_of(request)
    async with site.engine.database.read() as connection:
        short = await short_links.shortened(connection, shown.session.id)
    address = site.link(links.path("short", subject=short))
    overlay = request.query_params.get("overlay") == "1"
    return await _shown(request, "forum/screen.html", shown, overlay=overlay, address=address, code=qr_code(address))


async def find_short(request: Request) -> Response:
    """GET /s/<the first letters of a session's id>: to its page, from a big screen."""
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        room = await short_links.room_of(connection, request.path_params["short"].lower())
    return await _to_page(request, (await site.engine.actor(viewer.id, room)).room)


async def find(request: Request) -> Response:
    """GET /rooms/<room>: redirects to the page of a session's room or a lobby, for notifications, which only know the room."""
    site, viewer = site_of(request), await viewer_of(request)
    return await _to_page(request, (await site.engine.actor(viewer.id, request.path_params["room"])).room)


async def _to_page(request: Request, room: Room) -> Response:
    if room.conference is None:
        raise Problem("not_found", ABSENT)
    async with site_of(request).engine.database.read() as connection:
        conference = await queries.conference_by_id(connection, room.conference)
    path = links.path("conference", conference.slug)
    path = f"{path}/sessions/{room.subject}" if room.kind == "session" else path
    query = request.url.query
    return RedirectResponse(f"{path}?{query}" if query else path, 303)


def _route(end: str, endpoint: Callable[[Request], Any]) -> Route:
    return Route(f"/c/{{conference}}/sessions/{{session}}{end}", endpoint)


routes = [
    Route("/rooms/{room}", find),
    Route("/s/{short}", find_short),
    _route("", attend),
    _route("/messages", messages),
    _route("/moderate", moderate),
    _route("/speak", speak),
    _route("/screen", screen),
]
