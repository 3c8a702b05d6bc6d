"""Names of roles and wishes, and the reasons of a suggestion as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale

from rooms.cooperation.sciences import SCIENCES
from rooms.core.text import N_
from rooms.matchmaking.messages import MatchRole, WishKind
from rooms.matchmaking.scoring import Reason

ROLES = {
    MatchRole.RESEARCHER: N_("Researcher"),
    MatchRole.COMPANY: N_("Company"),
    MatchRole.STARTUP: N_("Start-up"),
    MatchRole.INVESTOR: N_("Investor"),
    MatchRole.UNIVERSITY: N_("University"),
    MatchRole.GOVERNMENT: N_("Public administration"),
    MatchRole.GRADUATE: N_("Graduate"),
    MatchRole.OTHER: N_("Other role"),
}
WISHES = {
    WishKind.MUST: N_("Must meet"),
    WishKind.MEET: N_("Meet"),
    WishKind.NO: N_("No thanks"),
    WishKind.LATER: N_("Not now"),
}
Gettext = Callable[[str], str]


def reason_text(reason: Reason, locale: str, gettext: Gettext) -> str:
    """Why two people should meet, as a sentence for the one to whom the other is suggested."""
    values: dict[str, str] = {"mine": reason.mine, "theirs": reason.theirs}
    match reason.part:
        case "entries":
            mine, theirs = reason.texts
            values = {"mine": _title(mine, reason.mine, locale), "theirs": _title(theirs, reason.theirs, locale)}
            text = N_("Their entry “%(theirs)s” fits your entry “%(mine)s”.")
        case "needs":
            text = N_("They offer “%(theirs)s”. You look for “%(mine)s”.")
        case "offers":
            text = N_("They look for “%(theirs)s”. You offer “%(mine)s”.")
        case "sciences":
            values = {"science": gettext(SCIENCES.get(reason.mine, reason.mine))}
            text = N_("You both work in this field: %(science)s.")
        case "roles" if reason.theirs:
            values = {"role": gettext(ROLES[MatchRole(reason.theirs)])}
            text = N_("You look for this role: %(role)s.")
        case "roles":
            values = {"role": gettext(ROLES[MatchRole(reason.mine)])}
            text = N_("They look for your role: %(role)s.")
        case "countries":
            territories = Locale.parse(locale).territories
            code = reason.theirs or reason.mine
            values = {"country": territories.get(code, code)}
            text = (
                N_("You are interested in %(country)s.") if reason.theirs else N_("They are interested in %(country)s.")
            )
        case "languages":
            named = Locale.parse(locale).languages
            tongues = [named.get(tag.replace("-", "_"), tag) for tag in reason.mine.split(",")]
            values = {"languages": gettext(N_(", ")).join(tongues)}
            text = N_("You both speak %(languages)s.")
        case _:
            values = {"count": reason.mine}
            text = N_("Free hours in common: %(count)s.")
    return gettext(text) % values


def _title(texts: Mapping[str, Mapping[str, Any]], title: str, locale: str) -> str:
    return str(texts.get(locale, {}).get("title") or title)
