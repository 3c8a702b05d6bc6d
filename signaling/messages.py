"""What a connection and the server say to each other about a call. The server passes on what browsers have for each other, and never parses it.

Two peers of a call have one link. Its generation `gen` counts how often it was rebuilt: what belongs to an older one is passed over.
"""

from typing import Annotated, Literal, dataclass_transform

import msgspec

from rooms.core.commands.messages import View
from rooms.core.commands.people import Id
from rooms.meetings.messages import Direct, PeerView, Removed, Replaced
from signaling.ice import IceServer

SDP_LENGTH = 48 * 1024
CANDIDATE_LENGTH = 1024

RequestId = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Generation = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=3_600_000)]
Short = Annotated[str, msgspec.Meta(max_length=256)]


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of what a client says."""


class Description(Given):
    """An RTCSessionDescription (RFC 8829)."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, msgspec.Meta(max_length=SDP_LENGTH)]


class Candidate(Given, rename={"sdp_mid": "sdpMid", "sdp_line": "sdpMLineIndex", "fragment": "usernameFragment"}):
    """An RTCIceCandidateInit (RFC 8839)."""

    candidate: Annotated[str, msgspec.Meta(max_length=CANDIDATE_LENGTH)]
    sdp_mid: Short | None = None
    sdp_line: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    fragment: Short | None = None


class Stages(Given):
    """How long each step of a link's set-up took: from the wish to the answer, until both descriptions are set, until a path was found, until it was
    secured, until the first picture or sound, and all together."""

    accept_ms: Milliseconds | None = None
    sdp_ms: Milliseconds | None = None
    ice_ms: Milliseconds | None = None
    dtls_ms: Milliseconds | None = None
    frame_ms: Milliseconds | None = None
    total_ms: Milliseconds | None = None


# From a client


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class CallOp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op"):
    """Every one has the number of the request, and the room, which the connection has joined."""

    id: RequestId
    room: Id


class Signal(CallOp, tag=""):
    """For another peer of the call."""

    to: Id
    gen: Generation


class JoinCall(CallOp, tag="rtc.join"):
    """Answered with `CallWelcome`. `resume` is the token of an earlier welcome: the same peer again, if his place is still kept."""

    resume: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class LeaveCall(CallOp, tag="rtc.leave"):
    pass


class SendDescription(Signal, tag="rtc.desc"):
    desc: Description


class SendCandidate(Signal, tag="rtc.cand"):
    """`cand` None: there are no more. At most 200 in each generation of a link."""

    cand: Candidate | None


class ResetLink(Signal, tag="rtc.reset"):
    """The link is built anew; `gen` is the new generation."""


class SendDigits(Signal, tag="rtc.sas"):
    """For the safety code: first each commits to a random number, then both reveal it."""

    commit: Digest | None = None
    reveal: Digest | None = None


class SetState(CallOp, tag="rtc.state"):
    mic: bool
    cam: bool
    screen: bool
    hand: bool
    held: bool


class AskIce(CallOp, tag="rtc.ice"):
    """Answered with `IceView`: fresh credentials. One need not be in the call."""


class TellStats(CallOp, tag="rtc.stats"):
    """What became of a link, for the figures of the operator. `loss`: lost packets of a thousand."""

    to: Id
    event: Literal["connected", "failed", "restarted", "rebuilt", "relayed", "audio_only", "text_only", "quality"]
    stage: Stages | None = None
    path: Literal["host", "srflx", "prflx", "relay"] | None = None
    rtt_ms: Milliseconds | None = None
    loss: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    kbps: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None


# Answers


class IceView(View):
    """Which servers help; the credentials hold for `ttl` seconds. `relay_only`: nothing but relayed candidates is passed on for this person."""

    ice_servers: list[IceServer]
    ttl: int
    relay_only: bool


class CallWelcome(View):
    """`peers` are the others, in the order in which they joined; `token` brings the same peer back after a loss (`resumed`)."""

    peer: str
    token: str
    resumed: bool
    peers: list[PeerView]
    ice_servers: list[IceServer]
    ttl: int
    relay_only: bool
    limit: int


# To a client, as {"room": …, "rtc": …}


class DescriptionSent(Direct, tag="desc", rename={"sender": "from"}):
    sender: str
    gen: int
    desc: Description


class CandidateSent(Direct, tag="cand", rename={"sender": "from"}):
    sender: str
    gen: int
    cand: Candidate | None


class LinkReset(Direct, tag="reset", rename={"sender": "from"}):
    sender: str
    gen: int


class DigitsSent(Direct, tag="sas", rename={"sender": "from"}):
    sender: str
    gen: int
    commit: str | None
    reveal: str | None


Op = JoinCall | LeaveCall | SendDescription | SendCandidate | ResetLink | SendDigits | SetState | AskIce | TellStats
OPS: list[type[CallOp]] = [
    JoinCall,
    LeaveCall,
    SendDescription,
    SendCandidate,
    ResetLink,
    SendDigits,
    SetState,
    AskIce,
    TellStats,
]
ANSWERS: list[type[View]] = [CallWelcome, IceView]
PARTS: list[type[msgspec.Struct]] = [Description, Candidate, Stages, IceServer]
DIRECT: list[type[Direct]] = [DescriptionSent, CandidateSent, LinkReset, DigitsSent, Replaced, Removed]
