"""Who may see what is told in a room. Declared on event types, so that what a person may not see is never sent to that person."""

from enum import StrEnum


class Audience(StrEnum):
    """EVERYONE: all who may read the room. MODERATORS: who may moderate it. PERSON: one person, on all his devices."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"
    PERSON = "person"


def sees(reader: Audience, reader_person: str | None, audience: Audience, person: str | None) -> bool:
    """Whether a reader (a member of audience EVERYONE or MODERATORS) sees something told to `audience` (and `person`, where it is PERSON's)."""
    if audience is Audience.EVERYONE:
        return True
    if audience is Audience.MODERATORS:
        return reader is Audience.MODERATORS
    return person is not None and person == reader_person
