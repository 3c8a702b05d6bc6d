"""Every slice of the product. Importing this module registers all kinds of rooms and all commands."""

from rooms.forum import asking, chat, kind, moderating, reactions, session
from rooms.people import actions, desk
from rooms.programme import editing, lobby, stars

SLICES = (actions, asking, chat, desk, editing, kind, lobby, moderating, reactions, session, stars)
