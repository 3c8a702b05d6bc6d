"""Keys by DTLS-SRTP (RFC 5764), and SRTP (RFC 3711) with them. Everything that uses private names of aiortc or pylibsrtp is in this module;
tests/contracts/test_dtls.py fails when a new version changes one of them.

aiortc's RTCDtlsTransport performs the handshake over the mux instead of over a connection of its own. The rest is plain libsrtp.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pylibsrtp
from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, State
from pylibsrtp import _binding  # pyright: ignore - a compiled module without types

_libsrtp: Any = _binding

WAITING = 32
"""Datagrams of one handshake that may wait; more are dropped, and DTLS repeats what is lost."""


class Identity:
    """The certificate of this process, and its fingerprint (SHA-256)."""

    def __init__(self) -> None:
        self.certificate = RTCCertificate.generateCertificate()
        found = self.certificate.getFingerprints()
        self.fingerprint = next(each.value for each in found if each.algorithm == "sha-256")


class _Datagrams:
    """What RTCDtlsTransport expects of an RTCIceTransport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_now = send
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    def put(self, data: bytes | None) -> None:
        if data is None and self._waiting.full():
            self._waiting.get_nowait()
        if not self._waiting.full():
            self._waiting.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self._waiting.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class SecureChannel:
    """One peer's DTLS handshake and its SRTP keys. `send` sends a datagram to the peer; `begins`: we begin the handshake, as its client."""

    def __init__(self, identity: Identity, send: Callable[[bytes], None], *, begins: bool) -> None:
        self._datagrams = _Datagrams(send)
        # aiortc declares the class that _Datagrams stands in for
        self._dtls = RTCDtlsTransport(self._datagrams, [identity.certificate])  # pyright: ignore[reportArgumentType]
        self._dtls._set_role("client" if begins else "server")  # pyright: ignore[reportPrivateUsage]
        self.ready = False
        self.key: Any = None
        """libsrtp's session for outgoing packets, for `protect` below."""

    def receive(self, datagram: bytes) -> None:
        self._datagrams.put(datagram)

    async def handshake(self, fingerprints: Iterable[tuple[str, str]]) -> None:
        """Returns when keys are agreed with the holder of the fingerprints' certificate. Raises ConnectionError."""
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in fingerprints])
        try:
            await self._dtls.start(parameters)
        except Exception as error:
            # What a hostile peer can make OpenSSL raise is not documented.
            raise ConnectionError("the DTLS handshake failed") from error
        if self._dtls._state is not State.CONNECTED:  # pyright: ignore[reportPrivateUsage]
            raise ConnectionError("the DTLS handshake failed")
        self._incoming: Any = self._dtls._rx_srtp  # pyright: ignore[reportPrivateUsage]
        self._outgoing: Any = self._dtls._tx_srtp  # pyright: ignore[reportPrivateUsage]
        self.key = self._outgoing._srtp[0]
        self.ready = True

    @property
    def closed_by_peer(self) -> bool:
        return self._dtls._state is State.CLOSED  # pyright: ignore[reportPrivateUsage]

    def open_rtp(self, data: bytes) -> bytes | None:
        """A decrypted packet; None if it was not encrypted with our keys, or came twice."""
        try:
            return self._incoming.unprotect(data)
        except pylibsrtp.Error:
            return None

    def open_rtcp(self, data: bytes) -> bytes | None:
        try:
            return self._incoming.unprotect_rtcp(data)
        except pylibsrtp.Error:
            return None

    def seal_rtcp(self, data: bytes) -> bytes:
        return self._outgoing.protect_rtcp(data)

    async def close(self) -> None:
        self.ready = False
        self._datagrams.put(None)
        await self._dtls.stop()


LONGEST_PACKET = 1_500
_ROOM = 256  # what libsrtp may add

protect: Callable[[Any, Any, Any], int] = _libsrtp.lib.srtp_protect
"""protect(key, memory, length): encrypts a packet in place and changes its length; 0 means done."""


class Memory:
    """Memory in which packets are written and then encrypted in place, without an object for each."""

    def __init__(self) -> None:
        self.start: Any = _libsrtp.ffi.new("char[]", LONGEST_PACKET + _ROOM)
        self.bytes: Any = _libsrtp.ffi.buffer(self.start)
        self.view = memoryview(self.bytes)
        self.length: Any = _libsrtp.ffi.new("int *")
