"""Snapshots for people who join a booth or a hall: a shared part for each audience, and a personal part."""

import msgspec

from rooms.chat.messages import ChatView, MessageView, RoomOwn
from rooms.core.commands.messages import View
from rooms.exhibition.booths.messages import BoothCard, BoothView, DraftView
from rooms.exhibition.booths.staff_messages import StaffView
from rooms.exhibition.files.messages import FileView
from rooms.exhibition.leads.messages import OwnLead
from rooms.exhibition.queue.crew_messages import BreakView, ShiftView
from rooms.exhibition.queue.messages import OwnPlace, PlaceView
from rooms.exhibition.requests.messages import ContactView, OwnContact


class BoothDesk(View):
    """The part of a booth's snapshot that only its staff and the organisers get. `leads`: how many visitors have shared their contact."""

    draft: DraftView
    staff: list[StaffView]
    places: list[PlaceView]
    contacts: list[ContactView]
    leads: int
    shifts: list[ShiftView] = msgspec.field(default_factory=list[ShiftView])
    breaks: list[BreakView] = msgspec.field(default_factory=list[BreakView])


class BoothSnapshot(View):
    """`files` are its brochures and films; `messages` are the latest 100; `desk` is None for everyone but the staff and the organisers."""

    booth: BoothView
    files: list[FileView]
    chat: ChatView
    messages: list[MessageView]
    desk: BoothDesk | None


class BoothOwn(RoomOwn):
    """The personal part of a booth's snapshot. `named`: whether the staff may see by name which files they download; None: not answered yet."""

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
    """Empty: a hall is the same for everyone."""
