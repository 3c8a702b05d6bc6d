"""Messages of second looks: organisers ask a person, who reads the draft of one entry and recommends what to do."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id, PersonView

TEXT_LENGTH = 4000

Opinion = Annotated[str, msgspec.Meta(max_length=20_000)]


class PeerAdvice(StrEnum):
    """What a reviewer recommends: PUBLISH the draft, ask for a CHANGE first, or DECLINE it."""

    PUBLISH = "publish"
    CHANGE = "change"
    DECLINE = "decline"


class AskPeer(Command, tag="peer_review.ask"):
    """Asks a participant for a second look at a draft that waits for approval. They see this draft until the organisers have decided."""

    entry: Id
    person: Id


class WritePeerReview(Command, tag="peer_review.write"):
    """The organisers see the review. `for_author`: the entry's organisation sees it, too, without the name of the reviewer."""

    review: Id
    advice: PeerAdvice
    text: Opinion
    for_author: bool = False


class CancelPeerReview(Command, tag="peer_review.cancel"):
    """Deletes a request for a second look, with what was written."""

    review: Id


class PeerReviewView(View):
    """`advice` is empty until the review is written."""

    id: str
    person: PersonView
    advice: str
    text: str
    for_author: bool
    asked_at: datetime
    written_at: datetime | None
