"""Messages about a booth's files. Files are added by an upload; everything else is done by these commands."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Command, Event, Locale, View
from rooms.core.commands.people import Id

TITLE_LENGTH = 120
LINK_LENGTH = 500

Title = Annotated[str, msgspec.Meta(max_length=400)]


class FileKind(StrEnum):
    LOGO = "logo"
    BROCHURE = "brochure"
    FILM = "film"


class FileView(View):
    """A brochure or a film. `href` is where it is served, `link` the player of a film on another site: one of the two is empty. `size` in bytes;
    `texts` holds translations of the title by locale."""

    id: str
    kind: FileKind
    title: str
    texts: dict[str, dict[str, str]]
    ending: str
    size: int
    href: str
    link: str


# Commands


class ChangeFile(Command, tag="file.change"):
    """`titles`: translations of the title by locale. Locales not given are unchanged; an empty title deletes the translation."""

    file: Id
    title: Title
    titles: Annotated[dict[Locale, Title], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=dict[str, str])


class PlaceFile(Command, tag="file.place"):
    """Moves a file to a place among the booth's files of its kind, counted from 0."""

    file: Id
    position: Annotated[int, msgspec.Meta(ge=0, le=100)]


class RemoveFile(Command, tag="file.remove"):
    """Deletes a logo, a brochure or a film permanently."""

    file: Id


class LinkFilm(Command, tag="film.link"):
    """Adds a film on a video site; `address` is that of its player."""

    address: Annotated[str, msgspec.Meta(max_length=LINK_LENGTH)]
    title: Title


class ConsentToName(Command, tag="file.consent"):
    """Sets whether the staff of this booth may see by name which files the person downloads. Without consent, downloads are only counted."""

    given: bool


# Replies


class FilmLinked(View):
    file: str


# Events


class FilesChanged(Event, tag="files.changed"):
    """All brochures and films of the booth, in their order."""

    files: list[FileView]


class Consented(Event, tag="file.consented"):
    audience: ClassVar[Audience] = Audience.PERSON

    given: bool
