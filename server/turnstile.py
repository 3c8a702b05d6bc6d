"""Requests come in one after the other, however many arrive in the same moment."""

import asyncio
from collections import deque

TURNS = 6


class Turnstile:
    """Begins one request in every so many turns of the loop.

    A message of somebody who talks over a live connection takes some twenty turns until it is stored and told, for each step that it makes in another
    thread. Were a thousand requests begun in one of these turns, it would wait for all of them; so it waits for three or four.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turns_left = 0

    async def enter(self) -> None:
        """Returns at once when nobody came in just now, else when those before have begun."""
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
        if self._turns_left == 0 and not self._let_in():
            return
        asyncio.get_running_loop().call_soon(self._turn)

    def _let_in(self) -> bool:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():  # else its client has gone meanwhile
                place.set_result(None)
                self._turns_left = TURNS
                return True
        return False
