"""A peer of the stage without a browser: a socket, DTLS and SRTP, and nothing that decodes. Many of them fit into one process."""

import asyncio
import contextlib
import socket

from aioice import stun
from aiortc import rtp as rtcp

from signaling.stage.dtls import Identity, Memory, SecureChannel, protect
from signaling.stage.rtp import HEADER, VERSION, Packet, read_packet

VIDEO, AUDIO = 96, 111
OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF {audio}
a=ice-ufrag:bench
a=ice-pwd:benchbenchbenchbenchbench
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:0
a={direction}
a=rtpmap:{audio} opus/48000/2
m=video 9 UDP/TLS/RTP/SAVPF {video}
a=mid:1
a={direction}
a=rtpmap:{video} VP8/90000
"""


class PlainPeer:
    """`received` counts RTP packets. With `keeps`, they are decrypted and kept in `packets`, and as they came in `sealed`."""

    identity = Identity()

    def __init__(self, *, keeps: bool = False) -> None:
        self.keeps = keeps
        self.packets: list[Packet] = []
        self.sealed: list[bytes] = []
        self.feedback: list[object] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.setblocking(False)
        self.channel = SecureChannel(self.identity, self.send, begins=True)
        self.received = 0
        self._memory = Memory()

    def offer(self, direction: str) -> str:
        filled = OFFER.format(fingerprint=self.identity.fingerprint, direction=direction, audio=AUDIO, video=VIDEO)
        return filled.replace("\n", "\r\n")

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.socket.send(data)

    async def connect(self, answer: str) -> None:
        lines = answer.split("\r\n")

        def value(name: str) -> str:
            return next(line.partition(":")[2] for line in lines if line.startswith(f"a={name}:"))

        address, port = value("candidate").split()[4:6]
        self.socket.connect((address, int(port)))
        asyncio.get_running_loop().add_reader(self.socket, self._readable)
        self._request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        self._request.attributes["USERNAME"] = f"{value('ice-ufrag')}:bench"
        self._request.attributes["USE-CANDIDATE"] = None
        self._request.add_message_integrity(value("ice-pwd").encode())
        self.consent()
        await self.channel.handshake([("sha-256", value("fingerprint").split()[1])])

    def consent(self) -> None:
        self.send(bytes(self._request))

    def report(self) -> None:
        self.send_feedback(bytes(rtcp.RtcpRrPacket(ssrc=1)))

    def _readable(self) -> None:
        for _ in range(200):
            try:
                data = self.socket.recv(2_000)
            except OSError:
                return
            if data[0] > 127:
                self.received += not 192 <= data[1] <= 223
                if self.keeps and self.channel.ready:
                    self._keep(data)
            elif data[0] > 19:
                self.channel.receive(data)

    def _keep(self, data: bytes) -> None:
        if 192 <= data[1] <= 223:
            opened = self.channel.open_rtcp(data)
            self.feedback += rtcp.RtcpPacket.parse(opened) if opened is not None else []
            return
        self.sealed.append(data)
        opened = self.channel.open_rtp(data)
        packet = read_packet(opened) if opened is not None else None
        if packet is not None:
            self.packets.append(packet)

    def send_packet(
        self, number: int, seq: int, timestamp: int, payload: bytes, *, ssrc: int, marker: bool = False
    ) -> None:
        memory, size = self._memory, HEADER.size + len(payload)
        HEADER.pack_into(memory.bytes, 0, VERSION, number | marker << 7, seq, timestamp & 0xFFFFFFFF, ssrc)
        memory.bytes[HEADER.size : size] = payload
        memory.length[0] = size
        if protect(self.channel.key, memory.start, memory.length) == 0:
            self.send(bytes(memory.view[: memory.length[0]]))

    def send_feedback(self, packet: bytes) -> None:
        self.send(self.channel.seal_rtcp(packet))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()
