"""Messages of saved searches, given in the lobby."""

from typing import Annotated

import msgspec

from rooms.cooperation.messages import Line
from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id


class SaveSearch(Command, tag="search.save"):
    """Notifies the person when an entry that matches is published. `query` is that of the page's address."""

    name: Line
    query: Annotated[dict[str, Line], msgspec.Meta(max_length=20)]


class DeleteSearch(Command, tag="search.delete"):
    search: Id


class SearchSaved(View):
    search: str
