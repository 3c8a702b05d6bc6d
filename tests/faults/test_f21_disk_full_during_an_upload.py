"""F21: the disk is full in the middle of uploads. The upload is answered with 507, and nothing of it is kept."""

import asyncio
import re
import resource
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import sqlalchemy as sa

from rooms.exhibition.files.tables import files
from tests.faults.report import note
from tests.support import files as made
from tests.support.process import temporary_folder
from tests.support.server import Server, cookie_of, furnish, sign_in
from tests.support.visitor import Visitor
from tests.support.world import World

DISK = 90  # MB
FILM = 25_000_000  # bytes
FILMS = 4
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


class Cramped(Server):
    """A server whose files lie on a small disk of their own; where the system lets nobody mount one, no file of it may grow large."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, f"sqlite+aiosqlite:///{folder / 'plenary.sqlite3'}")
        self.files = folder / "data" / "files"
        self.files.mkdir(parents=True)
        mount = f"mount -t tmpfs -o size={DISK}m tmpfs {self.files}"
        self.has_disk = subprocess.run([*NAMESPACE, "sh", "-c", mount], capture_output=True).returncode == 0
        if self.has_disk:
            self.command = [*NAMESPACE, "sh", "-c", f'{mount} && exec "$@"', "sh", *self.command]

    def limit(self) -> None:
        if not self.has_disk:
            _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (FILM - 5_000_000, hard))

    def stored(self) -> set[str]:
        """What lies on its disk, which it alone sees."""
        seen = Path(f"/proc/{self.pid}/root{self.files}")
        return {path.name for path in seen.rglob("*") if path.is_file()}


async def test_f21_the_disk_is_full_during_an_upload() -> None:
    with temporary_folder("server") as folder, Cramped(folder) as server:
        world = await furnish(server)
        server.limit()
        signin = await sign_in(world.engine, world.people["owner"])
        cookie = cookie_of(server, world.engine, signin)
        async with httpx.AsyncClient(
            base_url=server.url, cookies={cookie["name"]: cookie["value"]}, timeout=60
        ) as http:
            page = f"/c/forum/exhibition/{world.booth}/files"
            csrf = re.search(r'name="csrf" content="([^"]+)"', (await http.get(page)).text)[1]
            under_way, started = asyncio.Event(), 0

            async def body(film: bytes) -> AsyncIterator[bytes]:
                nonlocal started
                for name, value in (("csrf", csrf), ("kind", "film")):
                    yield f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + film[:1000]
                started += 1
                if started == FILMS:
                    under_way.set()
                await under_way.wait()
                for at in range(1000, len(film), 250_000):
                    yield film[at : at + 250_000]
                yield b"\r\n--b--\r\n"

            async def bring(film: bytes) -> int:
                headers = {"Content-Type": "multipart/form-data; boundary=b", "Origin": server.url}
                headers["Accept"] = "application/json"
                answer = await http.post(page, content=body(film), headers=headers)
                assert answer.status_code == 200 or answer.json()["error"]["code"] == "no_space"
                return answer.status_code

            statuses = await asyncio.gather(*(bring(made.mp4(FILM)) for _ in range(FILMS)))
            assert started == FILMS, "all had begun to arrive"
            assert 507 in statuses, "there was room for all"
            async with world.engine.database.read() as connection:
                known = set((await connection.execute(sa.select(files.c.id))).scalars())
            assert server.stored() == known
            assert len(known) == statuses.count(200)
            assert (await http.get(page)).text.count('<li class="card file-edit">') == len(known)
        await world.close()
    kept, refused = statuses.count(200), statuses.count(507)
    disk = f"a disk of {DISK} MB" if server.has_disk else "no file above 20 MB"
    note(
        "F21",
        f"{FILMS} films of 25 MB at once onto {disk}",
        f"{kept} stored complete, {refused} answered with 507; no orphan file",
    )


async def test_f21_the_disk_is_full_while_a_schedule_comes_in(world: World, visitor: Visitor) -> None:
    await visitor.sign_in(world.people["organiser"], page := "/c/forum/organise/programme")
    file = {"file": ("schedule.json", b"[" * 8_000_000)}
    assert (await visitor.post(page, files=file)).status_code == 422, "with room it is read, and is no schedule"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, hard))
    try:
        answer = await visitor.post(page, files=file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.status_code == 507
