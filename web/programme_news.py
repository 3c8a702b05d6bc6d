"""Emails about sessions that moved or were cancelled: one per person for all sessions that an organiser or an import has changed."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale

from rooms.core.text import N_
from rooms.programme import news
from rooms.programme.news import News, NewsItem, NewsKind, TimeAndPlace
from web import links
from web.emails import ending
from web.languages import in_language
from web.mail import Email
from web.session_time import when
from web.site import Site

EVERY_SECONDS = 10

WORDS = {
    NewsKind.MOVED: N_("“%(session)s” has moved"),
    NewsKind.CANCELLED: N_("“%(session)s” is cancelled"),
    NewsKind.REINSTATED: N_("“%(session)s” takes place after all"),
}


async def send(site: Site) -> int:
    """Delivers the pending news, and emails those who have a confirmed address. Returns how many people were reached."""
    count = 0
    async for each in news.deliver(site.engine):
        count += 1
        if each.email is not None:
            _post(site, news_email(site, each, each.email))
    return count


def _post(site: Site, email: Email) -> None:
    async def compose() -> Email:
        return email

    site.post.put(compose)


def news_email(site: Site, news: News, address: str) -> Email:
    locale = site.languages.choose([news.locale])
    texts = site.languages.texts(locale)
    gettext = texts.gettext
    conference = in_language(locale, news.conference.texts, "title", news.conference.title)
    number = len(news.items)
    if number == 1:
        subject = gettext(WORDS[news.items[0].kind]) % {"session": news.items[0].title}
    else:
        subject = texts.ngettext(
            "%(num)s of your sessions at %(conference)s has changed",
            "%(num)s of your sessions at %(conference)s have changed",
            number,
        ) % {"num": number, "conference": conference}
    reason = gettext(N_("You receive this email because you have starred these sessions or have a part in them."))
    now, own = site.engine.clock(), _zone(news.zone)
    parts = [gettext(N_("Hello %(name)s,")) % {"name": news.name}]
    parts += [gettext(N_("The programme of %(conference)s has changed:")) % {"conference": conference}]
    for item in news.items:
        address_of = site.link(links.path("session", news.conference.slug, item.session))
        parts.append("\n".join([*_lines(item, own, now, locale, gettext), address_of]))
    text = "\n\n".join([*parts, reason, *ending(site, gettext)])
    return Email(address, subject, text + "\n")


def _lines(
    item: NewsItem, own: ZoneInfo | None, now: datetime, locale: str, gettext: Callable[[str], str]
) -> list[str]:
    first = gettext(WORDS[item.kind]) % {"session": item.title}
    before, after = (_slot(slot, own, now, locale, gettext) for slot in (item.before, item.now))
    if item.kind is NewsKind.CANCELLED:
        return [first, before]
    if item.kind is NewsKind.REINSTATED:
        return [first, after]
    return [
        first,
        gettext(N_("Before: %(slot)s")) % {"slot": before},
        gettext(N_("Now: %(slot)s")) % {"slot": after},
    ]


def _slot(slot: TimeAndPlace, own: ZoneInfo | None, now: datetime, locale: str, gettext: Callable[[str], str]) -> str:
    """“Sun, Dec 6, 11:30–12:10 CET (5:30 your time), Hall A”."""
    at = when(slot.starts_at, slot.ends_at, ZoneInfo(slot.zone), own, now, Locale.parse(locale))
    first_zone = f" {at.start_zone}" if at.start_zone else ""
    text = f"{at.day}, {at.starts}{first_zone}–{at.ends} {at.zone}"
    if at.yours:
        text += f" ({gettext(N_('%(time)s your time')) % {'time': at.yours}})"
    return f"{text}, {slot.place}" if slot.place else text


def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None
