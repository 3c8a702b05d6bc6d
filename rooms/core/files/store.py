"""Stores files behind one small interface, so that another store can replace the folder.

A file arrives under a temporary name, is inspected there, and only then gets its final name. A failure on the way leaves nothing behind.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.text import N_

PIECE = 256 * 1024
"""Bytes that are read and written at once."""

NO_SPACE = N_("The server has no space for this file. It was not saved. Tell the organisers.")
TOO_LARGE = N_("This file is too large. The limit is %(limit)s MB.")

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Arriving:
    """A file under its temporary name `path`."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.size = 0
        self._limit = limit
        self._file = path.open("wb")

    async def write(self, data: bytes) -> None:
        """Raises Problem "too_large" beyond the limit, "no_space" when the disk is full."""
        self.size += len(data)
        if self.size > self._limit:
            raise Problem("too_large", TOO_LARGE, field="file", values={"limit": f"{self._limit / 1_000_000:g}"})
        with disk_faults():
            await asyncio.to_thread(self._file.write, data)

    async def end(self) -> None:
        """Closes the complete file. Raises Problem "no_space"."""
        with disk_faults():
            await asyncio.to_thread(self._file.close)

    def abandon(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


class Store(Protocol):
    def arrival(self, limit: int) -> contextlib.AbstractAsyncContextManager[Arriving]:
        """Accepts a file of at most `limit` bytes. At the end of the block it is deleted, unless it has been kept."""
        ...

    async def keep(self, path: Path, name: str) -> str:
        """Moves an arrived file to its final name, an id; returns the SHA-256 of its content. Raises Problem "no_space"."""
        ...

    def read(self, name: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`. Raises FileNotFoundError."""
        ...

    async def remove(self, name: str) -> None: ...

    async def delete_unknown(self, known: Collection[str], seconds: float) -> int:
        """Removes unknown files older than so many seconds, interrupted arrivals too; returns how many were removed."""
        ...


class FolderStore:
    """A folder, created with the first file. `spare` bytes of its disk stay free for the database, which may be on the same one."""

    def __init__(self, folder: Path, spare: int = 50_000_000) -> None:
        self._folder = folder
        self._arrivals = folder / "arriving"
        self._spare = spare

    @asynccontextmanager
    async def arrival(self, limit: int) -> AsyncGenerator[Arriving]:
        with disk_faults():
            path = await asyncio.to_thread(self._new_arrival)
            arriving = Arriving(path, limit)
        try:
            yield arriving
        finally:
            arriving.abandon()
            path.unlink(missing_ok=True)

    def _new_arrival(self) -> Path:
        self._arrivals.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self._arrivals).free < self._spare:
            raise OSError(errno.ENOSPC, "too little is free")
        descriptor, path = tempfile.mkstemp(dir=self._arrivals)  # readable by its owner alone
        os.close(descriptor)
        return Path(path)

    async def keep(self, path: Path, name: str) -> str:
        with disk_faults():
            return await asyncio.to_thread(self._keep, path, name)

    def _keep(self, path: Path, name: str) -> str:
        with path.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        target = self._path(name)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True, mode=0o700)
            _sync(self._folder)
        path.rename(target)
        _sync(target.parent)
        return digest

    async def read(self, name: str, start: int, stop: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._path(name).open, "rb")
        try:
            await asyncio.to_thread(file.seek, start)
            while start < stop and (data := await asyncio.to_thread(file.read, min(PIECE, stop - start))):
                start += len(data)
                yield data
        finally:
            file.close()

    async def remove(self, name: str) -> None:
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    async def delete_unknown(self, known: Collection[str], seconds: float) -> int:
        return await asyncio.to_thread(self._sweep, frozenset(known), time.time() - seconds)

    def _sweep(self, known: frozenset[str], before: float) -> int:
        gone = 0
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.name not in known and path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
        return gone

    def _path(self, name: str) -> Path:
        assert is_id(name), "files are kept under ids alone"
        return self._folder / name[:2] / name


@contextlib.contextmanager
def disk_faults() -> Generator[None]:
    """Turns "disk full" into a Problem. Any other error of the disk is raised as it is."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise Problem("no_space", NO_SPACE, retry_after=600) from fault
        raise


def _sync(folder: Path) -> None:
    """Makes a new name durable, as fsync does for the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
