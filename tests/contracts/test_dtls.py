"""What signaling/stage/dtls.py uses of aiortc and pylibsrtp beyond their documented interfaces."""

import asyncio
import inspect

import pytest
from aiortc import rtp
from aiortc.rtcdtlstransport import RTCDtlsParameters, RTCDtlsTransport, State
from pylibsrtp import Error, Policy, Session, _binding

from signaling.stage.dtls import Identity, Memory, SecureChannel, protect

PLAIN = bytes.fromhex("8060001000000abc12345678") + b"a payload"


async def pair() -> tuple[SecureChannel, SecureChannel]:
    """Two channels that have agreed on keys with each other, without a network."""
    server_identity, client_identity = Identity(), Identity()
    channels: list[SecureChannel] = []
    server = SecureChannel(server_identity, lambda data: channels[1].receive(data), begins=False)
    client = SecureChannel(client_identity, lambda data: channels[0].receive(data), begins=True)
    channels += [server, client]
    async with asyncio.timeout(10):
        await asyncio.gather(
            server.handshake([("sha-256", client_identity.fingerprint)]),
            client.handshake([("sha-256", server_identity.fingerprint)]),
        )
    return server, client


async def test_the_handshake_and_the_keys() -> None:
    server, client = await pair()
    memory = Memory()
    memory.bytes[0 : len(PLAIN)] = PLAIN
    memory.length[0] = len(PLAIN)
    assert protect(server.key, memory.start, memory.length) == 0
    sealed = bytes(memory.view[: memory.length[0]])
    assert len(sealed) > len(PLAIN)
    assert b"payload" not in sealed
    assert client.open_rtp(sealed) == PLAIN
    assert client.open_rtp(sealed) is None, "a packet that comes twice is refused"
    assert client.open_rtp(sealed[:-1] + b"\0") is None
    # The same packet again is the same bytes: with AES-GCM, other bytes under one number would reveal the key stream.
    memory.bytes[0 : len(PLAIN)] = PLAIN
    memory.length[0] = len(PLAIN)
    assert protect(server.key, memory.start, memory.length) == 0
    assert bytes(memory.view[: memory.length[0]]) == sealed
    report = bytes(rtp.RtcpRrPacket(ssrc=1))
    assert client.open_rtcp(server.seal_rtcp(report)) == report
    await server.close()
    await asyncio.sleep(0.05)
    assert client.closed_by_peer, "close_notify arrives"
    await client.close()


async def test_another_certificate_is_refused() -> None:
    first, second = Identity(), Identity()
    channels: list[SecureChannel] = []
    server = SecureChannel(first, lambda data: channels[1].receive(data), begins=False)
    client = SecureChannel(second, lambda data: channels[0].receive(data), begins=True)
    channels += [server, client]
    server_result, _ = await asyncio.gather(
        server.handshake([("sha-256", ":".join(["00"] * 32))]),
        client.handshake([("sha-256", first.fingerprint)]),
        return_exceptions=True,
    )
    assert isinstance(server_result, ConnectionError)
    assert not server.ready
    await asyncio.gather(server.close(), client.close())


def test_the_private_names() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("_set_role", "_state", "_rx_srtp", "_tx_srtp", "self.transport._recv()", "self.transport._send("):
        assert name in source, name
    assert inspect.iscoroutinefunction(RTCDtlsTransport.start)
    assert list(inspect.signature(RTCDtlsTransport.start).parameters) == ["self", "remoteParameters"]
    assert {"CONNECTED", "CLOSED", "FAILED"} <= set(State.__members__)
    assert list(inspect.signature(RTCDtlsParameters).parameters)[0] == "fingerprints"
    session = Session(Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    assert _binding.ffi.typeof(session._srtp[0]).cname.startswith("struct srtp_ctx_t_")
    assert callable(_binding.lib.srtp_protect)
    with pytest.raises(Error):
        session.unprotect(b"\x80" * 30)
