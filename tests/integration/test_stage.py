"""The stage of a real server, with clients that have nothing to do with it: FFmpeg publishes a film by WHIP, aiortc views it by WHEP."""

import asyncio
import sys
from pathlib import Path

import httpx

from rooms.forum.hosting_messages import RenewStreamKeys
from rooms.programme.messages import OpenSession
from signaling.stage.keys import make_key
from tests.support.live_servers import own_furnished, own_server  # noqa: F401 - fixtures
from tests.support.server import Server
from tests.support.stage import PUBLISH, make_certificate, make_clip, viewing
from tests.support.world import World

SDP = {"Content-Type": "application/sdp"}


async def whep(server: Server, path: str, offer: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url) as client:
        return await client.post(f"{path}/whep", content=offer, headers=SDP)


async def test_ffmpeg_publishes_a_film_and_aiortc_sees_it(server: Server, furnished: World, tmp_path: Path) -> None:
    world = furnished
    path = f"/c/forum/sessions/{world.session}"
    await world.do("moderator", OpenSession())
    clip = tmp_path / "clip.mkv"
    make_clip(clip)
    certificate = make_certificate(tmp_path)
    key = make_key(world.engine.secret, world.room, world.people["speaker"], "")

    async def publish(key: str) -> asyncio.subprocess.Process:
        given = map(str, [clip, f"{server.url}{path}/whip", key, *certificate])
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", PUBLISH, *given, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )

    program = await publish(key)

    async def send(offer: str) -> str:
        # Nobody is live before FFmpeg has connected.
        for _ in range(100):
            answer = await whep(server, path, offer)
            if answer.status_code == 201:
                return answer.text
            assert answer.status_code == 409, answer.text
            await asyncio.sleep(0.1)
        raise AssertionError(answer.text)

    async with viewing(send) as viewer:
        await viewer.frames_beyond(40)
        red, green, _ = viewer.colour
        assert green > 150 > 60 > red
        assert viewer.frames["audio"] > 40
    _, said = await program.communicate()
    assert program.returncode == 0, said.decode()

    await world.do("speaker", RenewStreamKeys())
    refused = await publish(key)
    _, said = await refused.communicate()
    assert refused.returncode != 0
    assert b"401" in said or b"Unauthorized" in said or b"Error" in said
