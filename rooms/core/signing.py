"""Signed texts that the server hands out and accepts back, with their time of signing by the engine's clock."""

import hashlib

from itsdangerous import TimestampSigner

from rooms.core.clock import Clock


class ClockSigner(TimestampSigner):
    """`purpose` separates kinds of texts: one kind is never accepted as another."""

    def __init__(self, secret: bytes, purpose: str, clock: Clock) -> None:
        super().__init__(secret, salt=purpose, digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())
