"""A store in a folder of the test's own, and the files of the world's house in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from rooms.core.files.intake import Intake
from rooms.core.files.store import FolderStore
from rooms.exhibition.files.messages import FileKind
from rooms.exhibition.files.uploads import Files
from tests.support.world import World

Bring = Callable[..., Awaitable[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> FolderStore:
    return FolderStore(folder)


@pytest.fixture
def intake(world: World, store: FolderStore) -> Intake:
    return Intake(world.engine, store)


@pytest.fixture
def files(intake: Intake) -> Files:
    return Files(intake)


@pytest.fixture
def bring(world: World, files: Files) -> Bring:
    """Brings a file to the world's booth, as its owner."""

    async def brought(kind: FileKind, data: bytes, who: str = "owner", **options: str) -> str:
        return await files.take(world.people[who], world.stand, kind, pieces(data), **options)

    return brought


async def pieces(data: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
