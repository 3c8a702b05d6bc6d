"""Audiences: who may see an event. Declared on event types, so that what a person may not see is never sent to that person."""

from enum import StrEnum


class Audience(StrEnum):
    """EVERYONE: all who may read the room. MODERATORS: those who may moderate it. PERSON: one person, on all their devices."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"
    PERSON = "person"


def sees(reader: Audience, reader_person: str | None, audience: Audience, person: str | None) -> bool:
    """Whether a reader (a member of audience EVERYONE or MODERATORS) sees something for `audience` (and `person`, for PERSON)."""
    if audience is Audience.EVERYONE:
        return True
    if audience is Audience.MODERATORS:
        return reader is Audience.MODERATORS
    return person is not None and person == reader_person
