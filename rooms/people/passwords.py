"""Passwords: argon2id with the second recommendation of RFC 9106 §4, hashed in threads that leave the cores to whoever talks."""

import asyncio
import os
import random
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from rooms.core.errors import Problem
from rooms.core.text import N_

T = TypeVar("T")

SHORTEST = 10
LONGEST = 200
WAITING = 40
"""How many may wait for each thread that hashes (some ten seconds) before others are told to come back."""

COME_AGAIN_SECONDS = (5.0, 20.0)

NICE = 10
"""At this priority hashing gets a tenth of a core that has other things to do, and all of one that has not."""


def check_password(password: str, *, email: str | None = None) -> None:
    """Raises Problem "invalid" for a password that is too short, too long, or the person's own address."""
    if len(password) < SHORTEST:
        text = N_("Choose a password of at least %(limit)s characters. A short sentence works well.")
        raise Problem("invalid", text, field="password", values={"limit": SHORTEST})
    if len(password) > LONGEST:
        text = N_("A password can have at most %(limit)s characters.")
        raise Problem("invalid", text, field="password", values={"limit": LONGEST})
    if len(set(password)) < 4 or (email is not None and password.casefold() in email.casefold()):
        raise Problem("invalid", N_("This password is too easy to guess. Choose another."), field="password")


class Passwords:
    """The line before the hashing: short, so that nobody stands in it for longer than he would wait, and those who find it full are told so at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hashing = Hashing(hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))
        self.longest_line = WAITING * self._hashing.at_once
        self._waiting = 0

    @contextmanager
    def place(self) -> Generator["Hashing"]:
        """A place in the line, to be taken before anything that costs. Raises Problem "unavailable" when it is full."""
        if self._waiting >= self.longest_line:
            # Not all after the same time, or they would be as many again.
            again = random.uniform(*COME_AGAIN_SECONDS)
            text = N_("The server is busy. Try signing in again in a moment.")
            raise Problem("unavailable", text, retry_after=round(again))
        self._waiting += 1
        try:
            yield self._hashing
        finally:
            self._waiting -= 1

    async def hash(self, password: str) -> str:
        """The argon2id text to store. Raises Problem "unavailable" when too many wait."""
        with self.place() as hashing:
            return await hashing.hash(password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the stored one; with None it is compared in vain. Raises Problem "unavailable" when too many wait."""
        with self.place() as hashing:
            return await hashing.matches(password, hashed)

    def close(self) -> None:
        self._hashing.close()


class Hashing:
    """Hashes and compares, `at_once` at a time. Every comparison costs the same, whether there is something to compare with or not."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self.at_once = max(1, ((os.cpu_count() or 1) - 1) // hasher.parallelism)
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="password", initializer=_step_back)
        self._decoy = hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(_normal(password)))

    async def matches(self, password: str, hashed: str | None) -> bool:
        return await self._in_turn(lambda: self._verify(password, hashed)) and hashed is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, hashed: str | None) -> bool:
        try:
            return self._hasher.verify(hashed or self._decoy, _normal(password))
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _step_back() -> None:
    """Lets everything else go before this thread and the lanes that argon2 starts from it, which are one each and may be more than the cores. Linux gives
    each thread a priority of its own; elsewhere it would be the process that steps back."""
    thread = threading.get_native_id()
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, thread) < NICE:
        os.setpriority(os.PRIO_PROCESS, thread, NICE)


def _normal(password: str) -> str:
    # One who types the same on another keyboard means the same (NIST SP 800-63B §3.1.1.2).
    return unicodedata.normalize("NFKC", password[:LONGEST])
