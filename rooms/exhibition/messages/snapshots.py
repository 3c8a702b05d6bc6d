"""What is told to who joins a booth or a hall: what is there for all of an audience, and what is his own."""

from rooms.exhibition.messages.contacting import ContactView, OwnContact
from rooms.exhibition.messages.editing import BoothCard, BoothView, DraftView
from rooms.exhibition.messages.leads import OwnLead
from rooms.exhibition.messages.queue import OwnPlace, PlaceView
from rooms.exhibition.messages.staffing import StaffView
from rooms.files.messages import FileView
from rooms.forum.messages.chat import ChatView, MessageView
from rooms.forum.messages.snapshots import RoomOwn
from rooms.messages import View


class BoothDesk(View):
    """The part of a booth's snapshot that only its staff and the organisers get. `leads`: how many visitors have shared their contact."""

    draft: DraftView
    staff: list[StaffView]
    places: list[PlaceView]
    contacts: list[ContactView]
    leads: int


class BoothSnapshot(View):
    """`files` are its brochures and films; `messages` are the latest 100; `desk` is None for everyone but the staff and the organisers."""

    booth: BoothView
    files: list[FileView]
    chat: ChatView
    messages: list[MessageView]
    desk: BoothDesk | None


class BoothOwn(RoomOwn):
    """What is one person's own at a booth. `named`: whether the staff may know by name which files he takes; None: he has not said."""

    place: OwnPlace | None
    contacts: list[OwnContact]
    named: bool | None
    lead: OwnLead | None


class HallView(View):
    id: str
    name: str
    texts: dict[str, dict[str, str]]


class HallSnapshot(View):
    hall: HallView
    booths: list[BoothCard]


class HallOwn(View):
    """Nothing: a hall is the same for all."""
