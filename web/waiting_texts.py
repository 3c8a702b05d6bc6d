"""What waits for a person, in the lobby: the text of each kind that a slice registers (rooms/core/waiting.py).

A new kind adds one line here. `%(num)s` is how many wait, `%(name)s` what they belong to.
"""

from collections.abc import Callable
from gettext import NullTranslations
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.links import path_to
from rooms.core.waiting import Waiting

TEXTS: dict[str, Callable[[NullTranslations, int], str]] = {
    "applications": lambda texts, n: texts.ngettext(
        "%(num)s application for the exhibition to decide", "%(num)s applications for the exhibition to decide", n
    ),
    "booth.contacts": lambda texts, n: texts.ngettext(
        "%(num)s contact request at %(name)s", "%(num)s contact requests at %(name)s", n
    ),
    "booth.texts": lambda texts, n: texts.ngettext(
        "The texts of %(name)s to approve", "%(num)s changes to the texts of %(name)s to approve", n
    ),
    "contacts": lambda texts, n: texts.ngettext(
        "%(num)s person asks for contact with you", "%(num)s people ask for contact with you", n
    ),
    "entries": lambda texts, n: texts.ngettext(
        "%(num)s entry in project cooperation to review", "%(num)s entries in project cooperation to review", n
    ),
    "interests": lambda texts, n: texts.ngettext(
        "%(num)s request about your entries to answer", "%(num)s requests about your entries to answer", n
    ),
    "job_applications": lambda texts, n: texts.ngettext(
        "%(num)s new application for your jobs", "%(num)s new applications for your jobs", n
    ),
    "job_invitations": lambda texts, n: texts.ngettext(
        "%(num)s invitation to apply for a job", "%(num)s invitations to apply for a job", n
    ),
    "meetings.requests": lambda texts, n: texts.ngettext(
        "%(num)s meeting request to answer", "%(num)s meeting requests to answer", n
    ),
    "meetups": lambda texts, n: texts.ngettext("%(num)s meet-up to approve", "%(num)s meet-ups to approve", n),
    "organisation.invitation": lambda texts, n: texts.ngettext(
        "An invitation to join %(name)s", "%(num)s invitations to join %(name)s", n
    ),
    "peer_review": lambda texts, n: texts.ngettext(
        "A second look at “%(name)s” to write", "%(num)s second looks at “%(name)s” to write", n
    ),
    "readers": lambda texts, n: texts.ngettext(
        "%(num)s person asks to read the documents of “%(name)s”",
        "%(num)s people ask to read the documents of “%(name)s”",
        n,
    ),
    "reports": lambda texts, n: texts.ngettext("%(num)s open report", "%(num)s open reports", n),
}


class WaitingLine(NamedTuple):
    text: str
    href: str


async def lines(connection: AsyncConnection, found: list[Waiting], texts: NullTranslations) -> list[WaitingLine]:
    """What the lobby shows. A kind without a text is left out."""
    return [
        WaitingLine(
            TEXTS[each.kind](texts, each.number) % {"num": each.number, "name": each.name},
            await path_to(connection, each.target),
        )
        for each in found
        if each.kind in TEXTS
    ]
