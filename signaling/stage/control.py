"""Messages between the server's processes and the stage process: a line of JSON each, over a TCP connection on the loopback interface.

The stage process writes its port and a secret into a file that only its user can read. Unknown fields are ignored, so that processes of
neighbouring versions understand each other while an update runs.
"""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO

import msgspec

from signaling.stage.engine import AirState, PeerEntry

LONGEST_LINE = 400_000
FILE = "stage.json"
LOCK = "stage.lock"


class StageHello(msgspec.Struct, tag="hello"):
    """The first line of a server process. The stage process answers with AcceptedReply 0, or closes the connection."""

    secret: str
    version: str


class PublishRequest(msgspec.Struct, tag="publish"):
    id: int
    stage: str
    owner: str
    name: str
    offer: str
    replaces: str
    take: bool


class ViewRequest(msgspec.Struct, tag="view"):
    id: int
    stage: str
    owner: str
    offer: str


class ChangeRequest(msgspec.Struct, tag="change"):
    id: int
    stage: str
    resource: str
    fragment: str
    etag: str


class EndRequest(msgspec.Struct, tag="end"):
    id: int
    stage: str
    resource: str


class PeersRequest(msgspec.Struct, tag="peers"):
    id: int


StageRequest = PublishRequest | ViewRequest | ChangeRequest | EndRequest | PeersRequest


class AcceptedReply(msgspec.Struct, tag="answer"):
    id: int
    resource: str = ""
    description: str = ""
    etag: str = ""


class RefusedReply(msgspec.Struct, tag="refusal"):
    id: int
    code: str
    detail: str = ""


class PeersReply(msgspec.Struct, tag="peers"):
    id: int
    peers: list[PeerEntry]


class AirReport(msgspec.Struct, tag="air"):
    stage: str
    state: AirState


StageReply = AcceptedReply | RefusedReply | PeersReply | AirReport


class StagePlace(msgspec.Struct):
    """Where the stage process listens."""

    port: int
    secret: str
    pid: int


class StageArguments(msgspec.Struct):
    """What the stage process is started with. `linger`: seconds that it runs on when no server process is connected."""

    folder: str
    host: str
    port: int
    addresses: list[str]
    version: str
    linger: float = 10.0


def encode(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def read_place(folder: Path) -> StagePlace | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / FILE).read_bytes(), type=StagePlace)
    return None


def write_place(folder: Path, place: StagePlace) -> None:
    """Written beside and then renamed, so that nobody reads half of it."""
    beside = folder / f"{FILE}.{place.pid}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(msgspec.json.encode(place))
    beside.replace(folder / FILE)


def lock(folder: Path) -> IO[bytes] | None:
    """Holds the folder's stage for this process as long as the file is open. None: another process holds it."""
    file = (folder / LOCK).open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
