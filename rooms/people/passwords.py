"""Passwords: argon2id with the second recommendation of RFC 9106 §4, hashed in low-priority threads so that live traffic goes first."""

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
"""Waiting requests per hashing thread (some ten seconds of work). Beyond that, requests are refused with a time to retry."""

COME_AGAIN_SECONDS = (5.0, 20.0)

NICE = 10
"""At this priority hashing gets about a tenth of a busy core, and all of an idle one."""


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
    """A short queue in front of the hashing: nobody waits too long, and when it is full, requests are refused immediately."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hashing = Hashing(hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))
        self.longest_line = WAITING * self._hashing.at_once
        self._waiting = 0

    @contextmanager
    def place(self) -> Generator["Hashing"]:
        """Takes a place in the queue. Must be entered before any expensive work. Raises Problem "unavailable" when it is full."""
        if self._waiting >= self.longest_line:
            # A random delay, or all refused clients would return at the same time.
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
        """Whether the password is the stored one. With None it still compares, to take the same time. Raises Problem "unavailable" when too many wait."""
        with self.place() as hashing:
            return await hashing.matches(password, hashed)

    def close(self) -> None:
        self._hashing.close()


class Hashing:
    """Hashes and compares, `at_once` at a time. Every comparison takes the same time, with or without a stored password."""

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
    """Lowers the priority of this thread and of the argon2 lanes that it starts. Linux has priorities per thread; elsewhere this would affect the whole
    process."""
    thread = threading.get_native_id()
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, thread) < NICE:
        os.setpriority(os.PRIO_PROCESS, thread, NICE)


def _normal(password: str) -> str:
    # The same characters typed on another keyboard may be encoded differently (NIST SP 800-63B §3.1.1.2).
    return unicodedata.normalize("NFKC", password[:LONGEST])
