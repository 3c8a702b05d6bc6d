"""Names of the fields of a card, and of the ways in which people meet."""

from collections.abc import Callable, Iterable

from babel import Locale, UnknownLocaleError

from rooms.contacts.cards import Card
from rooms.contacts.messages import CardField, HowMet
from rooms.core.text import N_

FIELDS = {
    CardField.EMAIL: N_("Email address"),
    CardField.PHONE: N_("Telephone"),
    CardField.ORGANISATION: N_("Organisation"),
    CardField.JOB: N_("Position"),
    CardField.WEBSITE: N_("Website"),
    CardField.COUNTRY: N_("Country"),
    CardField.LANGUAGES: N_("Languages"),
    CardField.NOTE: N_("Note"),
}
HOW = {
    HowMet.PROFILE: N_("through the profile page"),
    HowMet.CHAT: N_("in a chat"),
    HowMet.CALL: N_("during a call"),
    HowMet.CODE: N_("with a code"),
    HowMet.ROUND: N_("in a round of short talks"),
}

Gettext = Callable[[str], str]


def country_name(code: str, locale: str) -> str:
    return Locale.parse(locale).territories.get(code, code) if code else ""


def shown(card: Card, name: CardField, locale: str) -> str:
    """The value of a field, for a person to read."""
    value = getattr(card, name)
    if name is CardField.COUNTRY:
        return country_name(value, locale)
    if name is CardField.LANGUAGES:
        return ", ".join(_language(tag, locale) for tag in value)
    return value


def lines(card: Card, locale: str, gettext: Gettext) -> list[tuple[CardField, str, str]]:
    """The fields of a card that have a value: (field, its name, the value)."""
    found = ((name, gettext(FIELDS[name]), shown(card, name, locale)) for name in CardField)
    return [(name, label, value) for name, label, value in found if value]


def listed(fields: Iterable[CardField], gettext: Gettext) -> str:
    """What somebody gives, beginning with the name."""
    return ", ".join([gettext(N_("name")), *(gettext(FIELDS[name]).lower() for name in CardField if name in fields)])


def _language(tag: str, locale: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag
