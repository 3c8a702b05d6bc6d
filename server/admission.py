"""Spreads HTTP requests over time, so that a burst of them does not delay live messages."""

import asyncio
from collections import deque

TURNS = 6


class RequestPacer:
    """Starts at most one request in every TURNS iterations of the event loop.

    A chat message needs about twenty iterations until it is stored and delivered. If a thousand requests started in one of these, the message would
    wait for all of them; with the pacer it waits for three or four. bench/burst.py measures it, and docs/performance.md has the figures.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turns_left = 0

    async def enter(self) -> None:
        """Returns at once when no request started just now, else when those before it have started."""
        loop = asyncio.get_running_loop()
        if self._turns_left == 0:
            self._turns_left = TURNS
            loop.call_soon(self._turn)
            return
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.append(place)
        await place

    def _turn(self) -> None:
        self._turns_left -= 1
        if self._turns_left == 0 and not self._start_next():
            return
        asyncio.get_running_loop().call_soon(self._turn)

    def _start_next(self) -> bool:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # its client has not gone in the meantime
                place.set_result(None)
                self._turns_left = TURNS
                return True
        return False
