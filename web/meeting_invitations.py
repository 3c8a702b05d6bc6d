"""Emails about booked meetings: an invitation to the calendar, which moves and cancels itself."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale

from rooms.core.text import N_
from rooms.meetings.bookings import invitations
from rooms.meetings.bookings.invitations import CalendarInvitation
from rooms.meetings.bookings.messages import BookingKind
from web import links
from web.emails import ending
from web.languages import in_language
from web.mail import Email
from web.session_time import when
from web.site import Site

EVERY_SECONDS = 10

KINDS = {
    BookingKind.MEETING: N_("Meeting"),
    BookingKind.INTERVIEW: N_("Interview"),
    BookingKind.DEMO: N_("Demo"),
    BookingKind.GROUP: N_("Group session"),
    BookingKind.MEETUP: N_("Meet-up"),
    BookingKind.ROUND: N_("Round of talks"),
}
BOOKED = N_("It is booked: %(title)s")
MOVED = N_("It has moved: %(title)s")
CANCELLED = N_("It is cancelled: %(title)s")


async def send(site: Site) -> int:
    """Emails the invitations that are due. Returns how many."""
    count = 0
    async for each in invitations.deliver(site.engine):
        count += 1
        _post(site, invitation_email(site, each))
    return count


def _post(site: Site, email: Email) -> None:
    async def compose() -> Email:
        return email

    site.post.put(compose)


def invitation_email(site: Site, invitation: CalendarInvitation) -> Email:
    locale = site.languages.choose([invitation.locale])
    gettext = site.languages.texts(locale).gettext
    view, conference = invitation.view, invitation.conference
    title = f"{gettext(KINDS[view.kind])}: {view.name_for(invitation.person)}"
    subject = gettext(CANCELLED if invitation.cancels else MOVED if invitation.moved else BOOKED) % {"title": title}
    event = in_language(locale, conference.texts, "title", conference.title)
    url = site.link(links.path("booking", conference.slug, view.id))
    own = ZoneInfo(invitation.zone) if invitation.zone else None
    at = when(view.starts_at, view.ends_at, ZoneInfo(conference.zone), own, site.engine.clock(), Locale.parse(locale))
    time = f"{at.day}, {at.starts}–{at.ends} {at.zone}"
    if at.yours:
        time += f" ({gettext(N_('%(time)s your time')) % {'time': at.yours}})"
    where = view.place if view.place and not view.meeting else gettext(N_("Video call")) if view.meeting else ""
    about = "\n".join(part for part in (title, time, where) if part)
    reason = gettext(N_("Reason: %(reason)s")) % {"reason": view.reason} if invitation.cancels and view.reason else ""
    parts = [gettext(N_("Hello %(name)s,")) % {"name": invitation.name}, subject, event, about, reason, view.text, url]
    text = "\n\n".join(part for part in (*parts, *ending(site, gettext)) if part)
    host = urlsplit(site.base_url).hostname or "localhost"
    calendar = invitations.calendar_object(
        invitation,
        host=host,
        organiser=(event, site.contact or f"no-reply@{host}"),
        summary=title,
        description="\n\n".join(part for part in (view.text, time, url) if part),
        url=url,
    )
    return Email(invitation.email, subject, text + "\n", calendar, "CANCEL" if invitation.cancels else "REQUEST")
