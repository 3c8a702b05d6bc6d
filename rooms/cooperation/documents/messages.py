"""Messages about the documents of entries, and about their readers. Documents are added by an upload; everything else is done by these commands."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView

TITLE_LENGTH = 120
REASON_LENGTH = 1000

Title = Annotated[str, msgspec.Meta(max_length=400)]
Reason = Annotated[str, msgspec.Meta(max_length=4000)]


class ReaderState(StrEnum):
    """REFUSED: the organisation has refused or revoked the access."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class ChangeDocument(Command, tag="document.change"):
    """`gated`: only readers whom the organisation has approved can read it. Takes effect at once."""

    document: Id
    title: Title
    gated: bool


class RemoveDocument(Command, tag="document.remove"):
    """Deletes a document permanently, from the published entry and from its draft."""

    document: Id


class AskToRead(Command, tag="reader.ask"):
    """Asks the organisation behind a published entry for its documents that are not for everyone."""

    entry: Id
    reason: Reason


class ApproveReader(Command, tag="reader.approve"):
    """From now on the person can read all documents of the entry, later ones too."""

    entry: Id
    person: Id


class RefuseReader(Command, tag="reader.refuse"):
    """Refuses a request, or revokes an access that was granted."""

    entry: Id
    person: Id


class DocumentView(View):
    """A document as somebody sees it. `title`, `ending` and `size` are empty where they cannot read it."""

    id: str
    field: str
    gated: bool
    title: str
    ending: str
    size: int
    readable: bool


class ReaderView(View):
    person: PersonView
    reason: str
    state: ReaderState
    at: datetime
