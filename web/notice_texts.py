"""The texts of notifications, for the page /notifications and, as JSON in every page, for the toasts (web/islands/src/people/desk.ts).

A new kind of notification adds one line here. `%(name)s` and the like are the values that are given to `rooms.people.desk.notify`. If the values
contain `starts_at`, `ends_at`, `zone` and, if known, `place`, then `%(slot)s` is that time and place in the reader's language. If they contain
`moment` and `zone`, then `%(time)s` is that moment.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup

from rooms.core.text import N_
from web.session_time import moment_text, when, zone_letters

TEXTS = {
    "answer": N_("Your question has a written answer: “%(question)s”"),
    "answering": N_("Your question is being answered now: “%(question)s”"),
    "application.accepted": N_("Welcome to the exhibition: the booth of %(booth)s is ready."),
    "application.declined": N_("The application of %(booth)s has been declined."),
    "application.review": N_("The organisers are looking at the application of %(booth)s."),
    "booking.soon": N_("“%(title)s” begins soon: %(time)s"),
    "booth.approved": N_("The texts of %(booth)s have been approved."),
    "booth.declined": N_("The texts of %(booth)s have been declined."),
    "call": N_("%(booth)s called you from its queue."),
    "candidate.shared": N_("%(name)s shares their profile with %(organisation)s."),
    "candidate.withdrawn": N_("A candidate no longer shares their profile with you."),
    "connect.agreed": N_("You and %(name)s are in contact now."),
    "connect.asked": N_("%(name)s asks you for contact."),
    "contact": N_("%(name)s of %(booth)s is handling your request."),
    "entry.approved": N_("“%(entry)s” has been published."),
    "entry.comment": N_("There is a new comment on “%(entry)s”."),
    "entry.declined": N_("The organisers ask for changes to “%(entry)s”."),
    "entry.expired": N_("“%(entry)s” has expired. Renew it to show it again."),
    "entry.expiring": N_("“%(entry)s” expires within a week. Renew it to keep it listed."),
    "file.removed": N_("An organiser has taken down “%(file)s” from %(booth)s."),
    "hiring.declined": N_("Your application was declined: “%(job)s”."),
    "hiring.handed": N_("%(name)s has handed an application over to you: “%(job)s”."),
    "hiring.hired": N_("You have the job: “%(job)s”."),
    "hiring.interview": N_("You are invited to an interview: “%(job)s”."),
    "hiring.offer": N_("You have an offer: “%(job)s”."),
    "hiring.review": N_("Your application is being reviewed: “%(job)s”."),
    "hiring.withdrawn": N_("An application was withdrawn: “%(job)s”."),
    "interest.accepted": N_("Your request about “%(entry)s” has been accepted."),
    "interest.closed": N_("“%(entry)s” was deleted, so your request is closed."),
    "interest.declined": N_("Your request about “%(entry)s” has been declined."),
    "interest.new": N_("%(name)s is interested in “%(entry)s”."),
    "interview.booked": N_("%(name)s has booked an interview for “%(job)s”: %(slot)s"),
    "interview.cancelled": N_("The interview for “%(job)s” is cancelled: %(slot)s"),
    "interview.moved": N_("%(name)s has moved the interview for “%(job)s”: %(slot)s"),
    "interview.offered": N_("You can book an interview for “%(job)s”."),
    "job.applied": N_("%(name)s has applied: “%(job)s”."),
    "job.closed": N_("“%(job)s” has been closed."),
    "job.expired": N_("“%(job)s” is no longer on the job board."),
    "job.expiring": N_("“%(job)s” leaves the job board within three days. Publish it again to keep it there."),
    "job.invited": N_("%(organisation)s invites you to apply: “%(job)s”."),
    "lead.asked": N_("%(name)s of %(booth)s asks for your contact."),
    "meeting": N_("%(name)s of %(booth)s invites you to a call."),
    "meeting.accepted": N_("%(name)s meets you: %(time)s"),
    "meeting.cancelled": N_("%(name)s has cancelled your meeting: %(time)s"),
    "meeting.declined": N_("%(name)s has declined your request for a meeting."),
    "meeting.free": N_("A time that you wait for is free now: %(time)s. The first who accepts has it."),
    "meeting.lapsed": N_("The request for a meeting between you and %(name)s has lapsed."),
    "meeting.moved": N_("%(name)s has moved your meeting: %(time)s"),
    "meeting.place": N_("A place in “%(title)s” is free: %(time)s. The first who accepts has it."),
    "meeting.proposed": N_("%(name)s proposes other times for your meeting."),
    "meeting.reassigned": N_("%(name)s takes over a meeting: %(time)s"),
    "meeting.requested": N_("%(name)s asks you for a meeting."),
    "meeting.soon": N_("Your meeting with %(name)s begins soon: %(time)s"),
    "meeting.standby": N_("%(name)s has no free time now, and has put you on standby."),
    "meeting.taken": N_("%(name)s takes the free time and meets you: %(time)s"),
    "organisation.invited": N_("%(name)s invites you to join %(organisation)s."),
    "meetup.approved": N_("Your meet-up “%(title)s” is in the programme: %(slot)s"),
    "meetup.cancelled": N_("The meet-up “%(title)s” is cancelled: %(slot)s"),
    "meetup.declined": N_("The organisers did not approve your meet-up “%(title)s”. See their comment."),
    "meetup.lost": N_(
        "The meet-up “%(title)s” has moved to a time at which you are not free, so your place was given up: %(slot)s"
    ),
    "meetup.moved": N_("The meet-up “%(title)s” has moved: %(slot)s"),
    "meetup.place": N_("You have a place in the meet-up “%(title)s” now: %(slot)s"),
    "meetup.proposed": N_("%(name)s proposes a meet-up: “%(title)s”"),
    "organisation.member": N_("You are a member of %(organisation)s now. You can leave it on its page."),
    "peer_review.new": N_("The organisers ask you for a second look at “%(entry)s”."),
    "peer_review.written": N_("A second look at “%(entry)s” has been written."),
    "programme.changed": N_("%(count)s of your sessions at %(conference)s have changed."),
    "queue.in_time": N_("%(booth)s is open longer now: you will probably be called after all."),
    "queue.late": N_(
        "%(booth)s closes at %(time)s. You are number %(number)s in line, so you will probably not be called before then."
    ),
    "queue.released": N_(
        "%(booth)s has closed, and your turn did not come. We are sorry. You can leave a message on its page."
    ),
    "queue.reopens": N_(
        "%(booth)s has closed, and your turn did not come. We are sorry. It opens again at %(time)s, and you can leave a message on its page."
    ),
    "queue.soon": N_("Almost your turn: %(booth)s will probably call you in about a minute."),
    "reader.approved": N_("You can now read the documents of “%(entry)s”."),
    "reader.new": N_("%(name)s asks to read the documents of “%(entry)s”."),
    "reader.refused": N_("The documents of “%(entry)s” are not shared with you."),
    "report": N_("Someone has been reported to the organisers."),
    "role": N_("You have a new role in a session."),
    "schedule.published": N_("Your meetings from the automatic schedule are booked."),
    "schedule.shown": N_("A provisional schedule of your meetings is ready. Look at it, and say if you cannot come."),
    "search.match": N_("New entries match your search “%(search)s”."),
    "session.cancelled": N_("“%(session)s” is cancelled."),
    "session.late": N_("Nobody has started “%(session)s” yet."),
    "session.moved": N_("“%(session)s” has moved: %(slot)s"),
    "session.reinstated": N_("“%(session)s” takes place after all."),
    "staff.new": N_("%(name)s is on the staff of %(booth)s now."),
    "staff.you": N_("You are on the staff of %(booth)s now. You can leave it on the booth's page."),
}

UNKNOWN = N_("There is news for you.")
"""A kind that a newer version has written."""


def text_of(kind: str, values: Mapping[str, str], texts: NullTranslations, locale: str, now: datetime) -> str:
    """The text of a notification in a language."""
    given = defaultdict(str, values)
    if "starts_at" in values:
        with suppress(ValueError, KeyError):
            given["slot"] = _slot(values, locale, now)
    if "moment" in values:
        with suppress(ValueError, KeyError):
            given["time"] = _moment(values, locale, now)
    return texts.gettext(TEXTS.get(kind, UNKNOWN)) % given


def _slot(values: Mapping[str, str], locale: str, now: datetime) -> str:
    starts_at, ends_at = (datetime.fromisoformat(values[name]) for name in ("starts_at", "ends_at"))
    at = when(starts_at, ends_at, ZoneInfo(values.get("zone", "UTC")), None, now, Locale.parse(locale))
    start = f"{at.day}, {at.starts}" + (f" {at.start_zone}" if at.start_zone else "")
    return ", ".join(part for part in (f"{start}–{at.ends} {at.zone}", values.get("place", "")) if part)


def _moment(values: Mapping[str, str], locale: str, now: datetime) -> str:
    """“17:00 CET”, with the day unless it is today."""
    at = datetime.fromisoformat(values["moment"]).astimezone(ZoneInfo(values.get("zone", "UTC")))
    today = at.date() == now.astimezone(at.tzinfo).date()
    return f"{at:%H:%M} {zone_letters(at)}" if today else moment_text(at, now, Locale.parse(locale))


_as_json: dict[str, Markup] = {}


def inline(locale: str, texts: NullTranslations) -> Markup:
    """The texts as JSON, safe inside a <script>."""
    if locale not in _as_json:
        translated = {kind: texts.gettext(text) for kind, text in TEXTS.items()}
        _as_json[locale] = Markup(json.dumps(translated, ensure_ascii=False).replace("<", "\\u003c"))
    return _as_json[locale]
