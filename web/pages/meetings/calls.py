"""/c/…/meetings/<id>: the page of a meeting, with its call, its chat, what was booked and, for an employer, the candidate in it."""

from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.queries import booth_room, meeting_room
from rooms.meetings.bookings.queries import b, booking_views
from rooms.meetings.messages import MeetingOwn, MeetingSnapshot
from rooms.meetings.rounds.queries import round_of_meeting
from rooms.recruitment.candidates.queries import shared_among
from web.conference import Location, enter_room
from web.pages.recruitment.employer import candidate_context
from web.pages.recruitment.job import words_for
from web.security import content_security_policy


async def meeting(request: Request) -> Response:
    id = request.path_params["meeting"]
    entered, room, view = await enter_room(request, meeting_room, id)
    snapshot, own = cast(MeetingSnapshot, view.snapshot), cast(MeetingOwn, view.own)
    person, engine = entered.viewer.id or "", entered.site.engine
    async with engine.database.read() as connection:
        mine = await staffing.booths_of(connection, entered.conference.id, person)
        serves = snapshot.booth in {booth for booth, _ in mine}
        round = await round_of_meeting(connection, id, person)
        booked = next(iter(await booking_views(connection, person, engine.clock(), b.meeting == id)), None)
        desk = await booth_room(connection, entered.conference.id, snapshot.booth or "") if serves else ""
        here = [each.id for each in snapshot.people]
        share = await shared_among(connection, entered.conference.id, person, here)
        candidate = await candidate_context(connection, entered, share) if share else {}
    response = await entered.page(
        request,
        "meetings/meeting.html",
        page=Location(room, f"{entered.path}/meetings/{id}"),
        meeting=id,
        booth_room=desk,
        snapshot=snapshot,
        own=own,
        serves=serves,
        round=round,
        booked=booked,
        name=booked.name_for(person) if booked else "",
        share=share,
        **candidate,
        **words_for(entered),
    )
    if share and candidate["profile"].cv:
        policy = content_security_policy(entered.site, request.state.nonce, own_frames=True)
        response.headers["Content-Security-Policy"] = policy
    return response


routes = [Route("/c/{conference}/meetings/{meeting}", meeting)]
