"""What a stage engine can do. The built-in one is `builtin.py`."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

ADDRESS = "?"
"""What an owner begins with that is a network address, which many people may share. Every other owner is one person."""


class AirState(StrEnum):
    """OFF: nobody publishes, and the last one stopped on purpose. LOST: the last one disappeared and may come back."""

    OFF = "off"
    LIVE = "live"
    LOST = "lost"


class Refused(Exception):
    """`code`: "unusable" (the offer), "taken" (somebody else publishes, named in `detail`), "full", "gone" (the resource), "stale" (the ETag),
    "unavailable" (the engine)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Accepted(NamedTuple):
    """`description`: the SDP answer, or the fragment that answers an ICE restart; empty when there is nothing to answer."""

    resource: str
    description: str
    etag: str


class Publication(NamedTuple):
    """A wish to publish on a stage. `name`: the name that others see. `replaces`: the caller's earlier resource; `take`: replaces anybody."""

    stage: str
    owner: str
    name: str
    offer: str
    replaces: str = ""
    take: bool = False


class PeerEntry(NamedTuple):
    """One publisher or viewer of a stage, for those who check again whether they still may."""

    resource: str
    stage: str
    owner: str
    publishes: bool


AirListener = Callable[[str, AirState], None]
"""Called with a stage and its state when it changes, and with LOST for all stages on air when the engine itself has failed."""


class StageEngine(Protocol):
    """Its methods raise Refused."""

    def listen(self, listener: AirListener) -> None: ...
    async def start(self) -> None:
        """Finds an engine that runs already, for example in another process of the server."""
        ...

    async def stop(self) -> None: ...
    async def publish(self, publication: Publication) -> Accepted: ...
    async def view(self, stage: str, owner: str, offer: str) -> Accepted: ...
    async def change(self, stage: str, resource: str, fragment: str, etag: str) -> Accepted:
        """Trickle ICE and ICE restart; `etag` "*" announces a restart (RFC 9725 §4.3.1)."""
        ...

    async def end(self, stage: str, resource: str) -> None: ...
    async def peers(self) -> list[PeerEntry]:
        """Everyone connected; empty when the engine does not run."""
        ...
