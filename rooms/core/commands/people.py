"""Types that name people in messages, and their roles."""

from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import View
from rooms.core.ids import ID_PATTERN

Id = Annotated[str, msgspec.Meta(pattern=ID_PATTERN)]


class Role(StrEnum):
    """What a person is in a conference, in one session of it or, from OWNER on, at one booth."""

    ATTENDEE = "attendee"
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    INTERPRETER = "interpreter"
    EXHIBITOR = "exhibitor"
    ORGANISER = "organiser"
    OWNER = "owner"
    STAFF = "staff"
    CONTACT = "contact"


BOOTH_ROLES = frozenset({Role.OWNER, Role.STAFF, Role.CONTACT})
"""Held at one booth alone, never granted in a conference or a session."""


class PersonView(View):
    id: str
    name: str


class PresenceView(View):
    """`count` of people (tabs counted once); `people` are those who chose to be named, at most 100."""

    count: int
    people: list[PersonView]
