"""The protocol of calls. The server forwards signals between peers, and never parses them.

Two peers of a call have one link. Its generation `gen` counts its connections from 1: signals of an older one are ignored.
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
class ClientPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a client's message."""


class Description(ClientPart):
    """An RTCSessionDescription (RFC 8829)."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, msgspec.Meta(max_length=SDP_LENGTH)]


class Candidate(ClientPart, rename={"sdp_mid": "sdpMid", "sdp_line": "sdpMLineIndex", "fragment": "usernameFragment"}):
    """An RTCIceCandidateInit (RFC 8839)."""

    candidate: Annotated[str, msgspec.Meta(max_length=CANDIDATE_LENGTH)]
    sdp_mid: Short | None = None
    sdp_line: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    fragment: Short | None = None


class Stages(ClientPart):
    """Duration of each step of a link's set-up: until the call was accepted, both descriptions were set, ICE found a path, DTLS secured it, and the first
    frame was decoded; and the total."""

    accept_ms: Milliseconds | None = None
    sdp_ms: Milliseconds | None = None
    ice_ms: Milliseconds | None = None
    dtls_ms: Milliseconds | None = None
    frame_ms: Milliseconds | None = None
    total_ms: Milliseconds | None = None


# Client to server


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class CallOp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="op"):
    """`id`: the number of the request; `room`: which the connection has joined."""

    id: RequestId
    room: Id


class Signal(CallOp, tag=""):
    """For one other peer of the call."""

    to: Id
    gen: Generation


class JoinCall(CallOp, tag="rtc.join"):
    """Answered with `CallWelcome`. `resume`: the token of an earlier welcome; gives the same peer back while its place is kept."""

    resume: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class LeaveCall(CallOp, tag="rtc.leave"):
    pass


class SendDescription(Signal, tag="rtc.desc"):
    desc: Description


class SendCandidate(Signal, tag="rtc.cand"):
    """`cand` None: the end of candidates. At most 200 in each generation of a link."""

    cand: Candidate | None


class ResetLink(Signal, tag="rtc.reset"):
    """Asks for a new connection of generation `gen`. The peer that joined later offers; the other sends this to ask for an offer."""


class SendDigits(Signal, tag="rtc.sas"):
    """For the safety code: each peer commits to a random number, then both reveal theirs."""

    commit: Digest | None = None
    reveal: Digest | None = None


class SetState(CallOp, tag="rtc.state"):
    mic: bool
    cam: bool
    screen: bool
    hand: bool
    held: bool


class AskIce(CallOp, tag="rtc.ice"):
    """Answered with `IceView`: new credentials. Also for people who are not in the call.

    `fault`: why the relay could not be used: it refused the credential, did not answer, or had no working TLS. Counted for the operator.
    """

    fault: Literal["refused", "silent", "tls"] | None = None


class ReportStats(CallOp, tag="rtc.stats"):
    """An outcome or measurement of a link, for the operator's metrics. `loss`: lost packets per thousand."""

    to: Id
    event: Literal["connected", "failed", "restarted", "rebuilt", "relayed", "audio_only", "text_only", "quality"]
    stage: Stages | None = None
    path: Literal["host", "srflx", "prflx", "relay"] | None = None
    rtt_ms: Milliseconds | None = None
    loss: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    kbps: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None


# Answers


class IceView(View):
    """STUN and TURN servers, with credentials valid for `ttl` seconds. `relay_only`: only relayed candidates of this person are forwarded."""

    ice_servers: list[IceServer]
    ttl: int
    relay_only: bool


class CallWelcome(View):
    """`peers`: the others, in the order in which they joined; `token`: for `resume` after a lost connection; `resumed`: it was used."""

    peer: str
    token: str
    resumed: bool
    peers: list[PeerView]
    ice_servers: list[IceServer]
    ttl: int
    relay_only: bool
    limit: int


# Server to client, as {"room": …, "rtc": …}


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


Op = JoinCall | LeaveCall | SendDescription | SendCandidate | ResetLink | SendDigits | SetState | AskIce | ReportStats
OPS: list[type[CallOp]] = [
    JoinCall,
    LeaveCall,
    SendDescription,
    SendCandidate,
    ResetLink,
    SendDigits,
    SetState,
    AskIce,
    ReportStats,
]
ANSWERS: list[type[View]] = [CallWelcome, IceView]
PARTS: list[type[msgspec.Struct]] = [Description, Candidate, Stages, IceServer]
DIRECT: list[type[Direct]] = [DescriptionSent, CandidateSent, LinkReset, DigitsSent, Replaced, Removed]
