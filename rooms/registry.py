"""Every slice of the product. Importing this module registers all kinds of rooms and all commands."""

from rooms.exhibition import applying, contacting, leads, queue
from rooms.exhibition import editing as booths
from rooms.exhibition import kind as exhibition
from rooms.files import actions as files
from rooms.forum import answering, asking, chat, kind, moderating, polls, reactions, session
from rooms.meetings import calling
from rooms.meetings import kind as meetings
from rooms.people import actions, conduct, desk
from rooms.programme import editing, lobby, stars

SLICES = (
    actions,
    answering,
    applying,
    asking,
    booths,
    calling,
    chat,
    conduct,
    contacting,
    desk,
    editing,
    exhibition,
    files,
    kind,
    leads,
    lobby,
    meetings,
    moderating,
    polls,
    queue,
    reactions,
    session,
    stars,
)
