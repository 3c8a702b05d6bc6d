"""The three kinds of messages of a room: commands (imperative), events (past tense, recorded) and latest values (coalesced).

All are frozen structs that forbid unknown fields. `docs/protocol.md` and the client's types are generated from the registries below.
"""

from typing import Annotated, ClassVar, TypeVar, dataclass_transform

import msgspec

from rooms.core.commands.audience import Audience

M = TypeVar("M", bound=msgspec.Struct)

Locale = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(_[A-Za-z]{2,8})*\Z")]
"""The language of a text that somebody wrote, such as "zh_Hans"."""

Country = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?\Z")]
"""A code of ISO 3166-1, or empty."""

LanguageTag = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{2,8})*\Z")]
"""A language that people speak, such as "zh" or "pt-BR" (BCP 47)."""

IN_LINES = msgspec.Meta(extra={"form": "lines"})
"""On a list: a form without JavaScript writes one item per line. Other lists have commas between their items."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op"):
    """What a person asks to happen. Subclasses are tagged: `class AskQuestion(Command, tag="question.ask")`."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """What has happened. It has a seq in its room's journal: never lost, never twice, one order for everyone."""

    audience: ClassVar[Audience] = Audience.EVERYONE
    revisits: ClassVar[bool] = False
    """Whether the rights of the person it concerns must be read again before they receive anything later."""
    changes_rights: ClassVar[bool] = False
    """Whether someone may have different rights after it, here or elsewhere."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Latest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value of which only the newest matters. It is sent as `{name: {key: value}}`; a value of its whole room has the key ""."""

    name: ClassVar[str]
    audience: ClassVar[Audience] = Audience.EVERYONE

    key: str


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a snapshot or an event, as one audience sees it."""


def tag_of(message: Command | Event | type[Command] | type[Event]) -> str:
    tag = message.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def declared(kind: type[M]) -> list[type[M]]:
    """Every declared message class of a kind, without bases that only share fields."""
    found: list[type[M]] = []
    for sub in kind.__subclasses__():
        below = declared(sub)
        found += below or [sub]
    return found
