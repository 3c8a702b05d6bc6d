"""Builds the paths of pages. Importing it registers them with rooms, because notifications and calendars contain links, too."""

from rooms.core import links

PATHS = {
    "setup": "/setup/{subject}",
    "link": "/sign-in/link/{subject}",
    "short": "/s/{subject}",
    "room": "/rooms/{subject}",
    "conference": "/c/{slug}",
    "programme": "/c/{slug}/programme",
    "session": "/c/{slug}/sessions/{subject}",
    "session.moderate": "/c/{slug}/sessions/{subject}/moderate",
    "booth": "/c/{slug}/exhibition/{subject}",
    "booth.edit": "/c/{slug}/exhibition/{subject}/edit",
    "booth.lead": "/c/{slug}/exhibition/{subject}#booth-lead",
    "organisation": "/c/{slug}/organisations/{subject}",
    "entry": "/c/{slug}/cooperation/{subject}",
    "documents": "/c/{slug}/cooperation/{subject}/documents",
    "peer_review": "/c/{slug}/cooperation/reviews/{subject}",
    "interests": "/c/{slug}/cooperation/requests",
    "search": "/c/{slug}/cooperation?search={subject}",
    "wishes": "/c/{slug}/matchmaking/wishes",
    "job": "/c/{slug}/recruitment/jobs/{subject}",
    "candidate": "/c/{slug}/recruitment/candidates/{subject}",
    "recruiting": "/c/{slug}/recruitment/employer",
    "applications": "/c/{slug}/recruitment/mine",
    "application": "/c/{slug}/exhibition/apply",
    "contacts": "/contacts",
    "person": "/c/{slug}/people/{subject}",
    "meetup": "/c/{slug}/meetups/{subject}",
    "meetups.organise": "/c/{slug}/organise/meetups",
    "meetings": "/c/{slug}/meetings",
    "meetings.new": "/c/{slug}/meetings/new?person={subject}",
    "booking": "/c/{slug}/meetings/bookings/{subject}",
    "round": "/c/{slug}/rounds/{subject}",
    "meeting": "/c/{slug}/meetings/{subject}",
    "organise": "/c/{slug}/organise",
    "organise.cooperation": "/c/{slug}/organise/cooperation",
    "organise.exhibitors": "/c/{slug}/organise/exhibitors",
    "reports": "/c/{slug}/organise/reports",
}


def path(kind: str, slug: str = "", subject: str = "") -> str:
    return PATHS[kind].format(slug=slug, subject=subject)


links.register(path)
