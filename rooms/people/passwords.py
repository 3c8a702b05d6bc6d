"""Passwords: argon2id with the second recommendation of RFC 9106 §4, hashed in threads of which there are no more than the cores can bear."""

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from rooms.errors import Problem
from rooms.text import N_

T = TypeVar("T")

SHORTEST = 10
LONGEST = 200
WAITING = 200
"""How many may wait for their turn before others are told to come back."""


def check_password(password: str, *, email: str | None = None) -> None:
    """Raises Problem "invalid" for a password that is too short, too long, or the person's own address."""
    if len(password) < SHORTEST:
        text = N_("Choose a password of at least %(limit)s characters; a sentence is good.")
        raise Problem("invalid", text, field="password", values={"limit": SHORTEST})
    if len(password) > LONGEST:
        text = N_("At most %(limit)s characters fit in a password.")
        raise Problem("invalid", text, field="password", values={"limit": LONGEST})
    if len(set(password)) < 4 or (email is not None and password.casefold() in email.casefold()):
        raise Problem("invalid", N_("This password is too easy to guess. Choose another."), field="password")


class Passwords:
    """Hashes and compares. Every comparison costs the same, whether there is something to compare with or not."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        workers = max(1, (os.cpu_count() or 1) // self._hasher.parallelism)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="password")
        self._waiting = 0
        self._decoy = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """The argon2id text to store. Raises Problem "unavailable" when too many wait."""
        return await self._in_turn(lambda: self._hasher.hash(_normal(password)))

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the stored one; with None it is compared in vain. Raises Problem "unavailable" when too many wait."""
        return await self._in_turn(lambda: self._verify(password, hashed)) and hashed is not None

    def _verify(self, password: str, hashed: str | None) -> bool:
        try:
            return self._hasher.verify(hashed or self._decoy, _normal(password))
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise Problem("unavailable", N_("Very many people sign in just now. Try again in a moment."), retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _normal(password: str) -> str:
    # One who types the same on another keyboard means the same (NIST SP 800-63B §3.1.1.2).
    return unicodedata.normalize("NFKC", password[:LONGEST])
