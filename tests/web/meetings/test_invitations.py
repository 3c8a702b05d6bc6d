"""Booked meetings as invitations by email that move and cancel themselves, and in the calendar that a person subscribes to."""

import re
from email import message_from_bytes, policy
from typing import Any

import sqlalchemy as sa
from icalendar import Calendar

from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.messages import BookingKind
from rooms.meetings.bookings.tables import bookings
from rooms.people.messages import RemovePerson
from tests.support.bookings import asked, booked, cancelled, demo, free_slot, moved, open_times, slot
from tests.support.cooperation import published
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web import meeting_invitations
from web.mail import Email, as_message
from web.site import Site


async def sent(site: Site, emails: Outbox) -> dict[str, Email]:
    """The emails of one round, by address."""
    emails.sent.clear()
    await meeting_invitations.send(site)
    await site.post.settled()
    return {each.to: each for each in emails.sent}


def event(email: Email) -> tuple[str, Any]:
    """The method of an invitation, and its event."""
    calendar = Calendar.from_ical(email.calendar)
    return str(calendar["method"]), calendar.walk("VEVENT")[0]


async def test_an_invitation_moves_and_cancels_itself(site: Site, world: World, emails: Outbox) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other", text="About batteries")
    first = await sent(site, emails)
    assert set(first) == {"attendee@example.org", "other@example.org"}
    email = first["attendee@example.org"]
    assert email.subject == "It is booked: Meeting: Other"
    assert "Sat, Nov 21, 09:00–09:20 UTC+8" in email.text
    assert f"https://forum.example/c/forum/meetings/bookings/{booking}" in email.text
    method, invited = event(email)
    assert (method, invited["sequence"], str(invited["uid"])) == ("REQUEST", 0, f"{booking}@forum.example")
    assert invited.decoded("dtstart") == slot(0).starts_at
    assert str(invited["organizer"]).startswith("mailto:")
    assert str(invited["attendee"]) == "mailto:attendee@example.org"
    assert "other@example.org" not in email.calendar + email.text  # nobody learns the address of the other one
    assert await sent(site, emails) == {}

    await moved(world, booking, slot(2))
    method, invited = event((await sent(site, emails))["other@example.org"])
    assert (method, invited["sequence"], str(invited["uid"])) == ("REQUEST", 1, f"{booking}@forum.example")
    assert invited.decoded("dtstart") == slot(2).starts_at

    await cancelled(world, booking, "I am ill")
    last = await sent(site, emails)
    method, invited = event(last["other@example.org"])
    assert (method, invited["sequence"], str(invited["status"])) == ("CANCEL", 2, "CANCELLED")
    assert "I am ill" in last["other@example.org"].text
    assert await sent(site, emails) == {}


async def test_a_mail_program_finds_the_calendar_object(site: Site, world: World, emails: Outbox) -> None:
    await open_times(world)
    await booked(world, "attendee", "other")
    email = (await sent(site, emails))["other@example.org"]
    message = message_from_bytes(as_message("no-reply@forum.example", "", email).as_bytes(), policy=policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    assert set(parts) == {"multipart/alternative", "text/plain", "text/calendar"}
    assert parts["text/calendar"]["content-type"].params["method"] == "REQUEST"
    assert "BEGIN:VEVENT" in parts["text/calendar"].get_content()


async def test_who_gives_up_a_place_is_cancelled_alone(site: Site, world: World, emails: Outbox) -> None:
    booking = await demo(world, at=await free_slot(world, "attendee", "other", "staff"))
    for who in ("attendee", "other"):
        await world.do(who, m.JoinBooking(booking), room=world.lobby)
    assert len(await sent(site, emails)) == 3
    await world.do("attendee", m.LeaveBooking(booking), room=world.lobby)
    found = await sent(site, emails)
    assert {to: event(email)[0] for to, email in found.items()} == {"attendee@example.org": "CANCEL"}
    gone = event(found["attendee@example.org"])[1]["sequence"]
    await world.do("attendee", m.JoinBooking(booking), room=world.lobby)
    method, again = event((await sent(site, emails))["attendee@example.org"])
    assert method == "REQUEST"
    assert again["sequence"] > gone


async def test_only_people_who_can_come_are_invited(site: Site, world: World, emails: Outbox) -> None:
    await open_times(world)
    await booked(world, "attendee", "other")
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    assert set(await sent(site, emails)) == {"attendee@example.org"}


async def test_an_invitation_is_in_the_readers_language(site: Site, world: World, emails: Outbox) -> None:
    await open_times(world)
    await booked(world, "attendee", "other")
    async with world.engine.database.write() as connection:
        from rooms.core.store.tables import persons

        await connection.execute(persons.update().where(persons.c.id == world.people["other"]).values(locale="zh_Hans"))
    email = (await sent(site, emails))["other@example.org"]
    assert "会面" in email.subject
    assert "会面：Attendee" in email.calendar or "会面: Attendee" in email.calendar


async def test_the_subscribed_calendar_has_them_under_the_same_name(visitor: Visitor, world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    await visitor.sign_in(world.people["attendee"])
    async with world.engine.database.read() as connection:
        from rooms.people import accounts

        key = (await accounts.get(connection, world.people["attendee"])).calendar_key
    calendar = Calendar.from_ical((await visitor.get(f"/c/forum/my.ics?key={key}")).text)
    (found,) = calendar.walk("VEVENT")
    assert (str(found["uid"]), str(found["summary"])) == (f"{booking}@forum.example", "Meeting: Other")
    await cancelled(world, booking)
    calendar = Calendar.from_ical((await visitor.get(f"/c/forum/my.ics?key={key}")).text)
    (found,) = calendar.walk("VEVENT")
    assert (str(found["status"]), found["sequence"]) == ("CANCELLED", 1)


async def test_the_pages_lead_from_a_request_to_a_meeting(visitor: Visitor, world: World) -> None:
    await open_times(world)
    await visitor.sign_in(world.people["attendee"])
    page = await visitor.get(f"/c/forum/meetings/new?person={world.people['other']}")
    assert page.text.count('name="times"') == 6
    request = {
        "room": world.lobby,
        "key": "one",
        "next": "/c/forum/meetings",
        "person": world.people["other"],
        "times": slot(1).starts_at.isoformat(),
        "text": "About batteries",
    }
    answer = await visitor.post("/do/meeting.request", request)
    assert "Waiting for an answer" in answer.text
    other = await Visitor(visitor.site).sign_in(world.people["other"])
    page = await other.get("/c/forum/meetings")
    assert "About batteries" in page.text
    id = page.text.partition('name="request" value="')[2][:20]
    accept = {"room": world.lobby, "key": "two", "next": "/c/forum/meetings", "request": id}
    answer = await other.post("/do/meeting.accept", {**accept, "starts_at": slot(1).starts_at.isoformat()})
    assert "Join the call" in answer.text
    assert "09:30" in (await visitor.get("/c/forum/meetings")).text


async def test_a_page_of_a_booking_is_for_those_in_it(visitor: Visitor, world: World) -> None:
    await open_times(world)
    booking = await booked(world, "attendee", "other")
    await visitor.sign_in(world.people["owner"])
    assert (await visitor.get(f"/c/forum/meetings/bookings/{booking}")).status_code == 404
    await visitor.sign_in(world.people["other"])
    page = await visitor.get(f"/c/forum/meetings/bookings/{booking}")
    assert page.status_code == 200
    assert "Attendee" in page.text


async def test_nobody_sees_what_another_one_has(visitor: Visitor, world: World) -> None:
    """Free and busy is all that the page for a proposal says."""
    await open_times(world)
    await booked(world, "other", "owner", title="Secret talks")
    await visitor.sign_in(world.people["attendee"])
    page = await visitor.get(f"/c/forum/meetings/new?person={world.people['other']}")
    assert page.text.count('name="times"') == 5
    assert "Secret" not in page.text
    assert "Owner" not in page.text


async def test_people_who_met_can_overrule_the_warning(visitor: Visitor, world: World) -> None:
    await open_times(world)
    await booked(world, "attendee", "other")
    await visitor.sign_in(world.people["attendee"])
    page = await visitor.get(f"/c/forum/meetings/new?person={world.people['other']}")
    assert "You already have a meeting with this person" in page.text
    assert re.search(r'name="again"[^>]* required>', page.text), "the browser asks for it before the form is sent"
    request = {"room": world.lobby, "key": "k1", "next": "/c/forum/meetings", "person": world.people["other"]}
    refused = await visitor.post("/do/meeting.request", {**request, "times": slot(1).starts_at.isoformat()})
    assert refused.status_code == 409
    assert "You already have a meeting with this person (Sat, Nov 21, 09:00 UTC+8)." in refused.text
    await asked(world, 1, again=True)


async def test_a_refusal_names_the_day_and_the_zone(visitor: Visitor, world: World) -> None:
    await open_times(world)
    await booked(world, "attendee", "owner")
    await visitor.sign_in(world.people["attendee"])
    request = {"room": world.lobby, "key": "k1", "next": "/c/forum/meetings", "person": world.people["other"]}
    refused = await visitor.post("/do/meeting.request", {**request, "times": slot(0).starts_at.isoformat()})
    assert "You have a meeting: Owner (Sat, Nov 21, 09:00 UTC+8)." in refused.text


async def test_the_page_of_a_call_outside_a_booth_leads_back_to_the_meetings(visitor: Visitor, world: World) -> None:
    await open_times(world)
    await booked(world, "attendee", "other")
    await visitor.sign_in(world.people["attendee"])
    page = await visitor.get("/c/forum/meetings")
    call = re.search(r'href="(/c/forum/meetings/\w{20})"', page.text)
    assert call
    page = await visitor.get(call[1])
    assert '<p><a href="/c/forum/meetings">My meetings</a></p>' in page.text
    assert not re.search(r'href="/c/forum/exhibition"[^>]*aria-current', page.text)


async def test_the_page_of_a_call_says_what_was_booked_and_when(visitor: Visitor, world: World) -> None:
    await open_times(world)
    entry = await published(world)
    await booked(world, "attendee", "other", about=("entry", entry))
    await booked(world, "attendee", "owner", kind=BookingKind.GROUP, title="Batteries at work", at=slot(1))
    async with world.engine.database.read() as connection:
        rows = await connection.execute(sa.select(bookings.c.kind, bookings.c.meeting))
        calls: dict[str, str] = {row.kind: row.meeting for row in rows}
    await visitor.sign_in(world.people["attendee"])
    page = (await visitor.get(f"/c/forum/meetings/{calls['meeting']}")).text
    assert '<h1 dir="auto">Other</h1>' in page
    assert re.search(r">Sat, Nov 21, 09:00</time>–<time [^>]*>09:20</time> UTC\+8", page)
    assert re.search(rf'href="/c/forum/cooperation/{entry}"[^>]*>Perovskite solar cells', page)
    page = (await visitor.get(f"/c/forum/meetings/{calls['group']}")).text
    assert '<h1 dir="auto">Batteries at work</h1>' in page
    assert "Sat, Nov 21, 09:30" in page


async def test_the_plan_of_the_tables_is_for_organisers(visitor: Visitor, world: World) -> None:
    await open_times(world)
    await world.do("organiser", m.CreateSpot("Table 1", m.SpotKind.PHYSICAL), room=world.lobby)
    await booked(world, "attendee", "other", place=m.SpotKind.PHYSICAL)
    await visitor.sign_in(world.people["organiser"])
    page = await visitor.get("/c/forum/organise/meetings/plan")
    assert "Table 1" in page.text
    assert "Attendee, Other" in page.text or "Other, Attendee" in page.text


async def test_conflicts_of_colleagues_are_flagged(visitor: Visitor, world: World) -> None:
    await open_times(world)
    booking = await booked(world, "staff", "attendee")
    await visitor.sign_in(world.people["staff"])
    page = await visitor.get(f"/c/forum/meetings/bookings/{booking}")
    assert "/do/booking.reassign" in page.text
    assert "not free at this time" not in page.text
    await booked(world, "owner", "other")
    page = await visitor.get(f"/c/forum/meetings/bookings/{booking}")
    assert "/do/booking.reassign" not in page.text
    assert "not free at this time" in page.text
