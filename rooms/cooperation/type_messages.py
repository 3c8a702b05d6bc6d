"""Commands on the types of entries, given in the lobby by organisers."""

from typing import Annotated

import msgspec

from rooms.cooperation.messages import MOST_FIELDS, EntrySide, FieldView, Line, Translations
from rooms.core.commands.messages import Command, View
from rooms.core.commands.people import Id


class TypeFields(Command):
    side: EntrySide
    name: Line
    fields: Annotated[list[FieldView], msgspec.Meta(max_length=MOST_FIELDS)] = msgspec.field(
        default_factory=list[FieldView]
    )
    texts: Translations = msgspec.field(default_factory=dict[str, dict[str, str]])
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 180


class CreateType(TypeFields, tag="entry_type.create"):
    """Organisers define what can be offered or sought."""


class EditType(TypeFields, tag="entry_type.edit", kw_only=True):
    """Values of fields that are removed are kept, and no longer shown."""

    type: Id


class ArchiveType(Command, tag="entry_type.archive"):
    """No new entries of this type; those that exist stay."""

    type: Id


class TypeCreated(View):
    type: str
