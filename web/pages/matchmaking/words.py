"""Names of roles and wishes, and the reasons of a suggestion as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale

from rooms.cooperation.sciences import SCIENCES
from rooms.core.text import N_
from rooms.matchmaking.messages import MatchRole, WishKind
from rooms.matchmaking.schedule.messages import LeftOut, Objection, RunState, Unplaced
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
STATES = {
    RunState.WAITING: N_("Waiting to start"),
    RunState.RUNNING: N_("Being made"),
    RunState.DRAFT: N_("Draft: only organisers see it"),
    RunState.SHOWN: N_("Provisional: participants see it"),
    RunState.PUBLISHING: N_("Being published"),
    RunState.PUBLISHED: N_("Published"),
    RunState.CANCELLED: N_("Discarded"),
    RunState.FAILED: N_("Failed"),
}
UNPLACED = {
    Unplaced.MOST: (
        N_("You have reached your number of meetings."),
        N_("The person has reached their number of meetings."),
    ),
    Unplaced.TIME: (
        N_("You have no free time left in the schedule."),
        N_("The person has no free time left in the schedule."),
    ),
    Unplaced.PLACE: (
        N_("No table or call was free when you both had time."),
        N_("No table or call was free when both had time."),
    ),
    Unplaced.MET: (
        N_("You have met already, or have a meeting."),
        N_("They have met already, or have a meeting."),
    ),
    Unplaced.OTHER: (
        N_("The other side has no time in common with you, has enough meetings, or cannot take this one."),
        N_("The other side has no time in common, has enough meetings, or cannot take this one."),
    ),
}
"""Why a wish is not met: for the person who has it, and for organisers."""
LEFT_OUT = {
    LeftOut.TIME: N_("A participant has something else at this time now."),
    LeftOut.PLACE: N_("No table or call is free at this time now."),
    LeftOut.AGREE: N_("A participant no longer takes part or cannot take this meeting."),
    LeftOut.LATE: N_("The time had already begun."),
}
OBJECTIONS = {
    Objection.TIME: N_("I cannot come at this time"),
    Objection.PERSON: N_("I do not want this meeting (nobody learns of it)"),
    Objection.OTHER: N_("Another reason"),
}
Gettext = Callable[[str], str]


def unplaced_text(reason: str, gettext: Gettext, *, own: bool = True) -> str:
    return gettext(UNPLACED[Unplaced(reason)][0 if own else 1])


def reason_text(reason: Reason, locale: str, gettext: Gettext) -> str:
    """Why two people should meet, as a sentence for the one to whom the other is suggested."""
    values: dict[str, str] = {"mine": reason.mine, "theirs": reason.theirs}
    match reason.part:
        case "entries":
            mine, theirs = reason.texts
            values = {"mine": _title(mine, reason.mine, locale), "theirs": _title(theirs, reason.theirs, locale)}
            text = N_("Their entry “%(theirs)s” fits your entry “%(mine)s”.")
        case "needs" if reason.mine == reason.theirs:
            text = N_("They offer what you look for: “%(theirs)s”.")
        case "offers" if reason.mine == reason.theirs:
            text = N_("They look for what you offer: “%(theirs)s”.")
        case "needs":
            text = N_("They offer “%(theirs)s”. You look for “%(mine)s”.")
        case "offers":
            text = N_("They look for “%(theirs)s”. You offer “%(mine)s”.")
        case "subjects" if reason.mine == reason.theirs:
            text = N_("You both mention “%(theirs)s”.")
        case "subjects":
            text = N_("They mention “%(theirs)s”. You mention “%(mine)s”.")
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
            text = N_("Free time slots in common: %(count)s.")
    return gettext(text) % values


def _title(texts: Mapping[str, Mapping[str, Any]], title: str, locale: str) -> str:
    return str(texts.get(locale, {}).get("title") or title)
