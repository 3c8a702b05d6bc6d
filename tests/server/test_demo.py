"""What the demonstration draws is what anybody might have brought."""

import io
from pathlib import Path

from PIL import Image

from rooms.core.files.inspection import Content, inspect
from rooms.core.files.store import FolderStore
from rooms.exhibition.booths.editing import make_booth
from rooms.exhibition.files import queries
from rooms.exhibition.files.messages import FileKind
from server.demo import drawing
from server.demo.exhibitors import EXHIBITORS
from server.demo.media import furnish
from tests.support.world import World


async def test_booths_of_the_demonstration_are_furnished_once(world: World, tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    async with world.engine.database.write() as connection:
        said = {"name": EXHIBITORS[0].name}
        booth, room = await make_booth(connection, world.conference, world.floor, said, open=True)
    for _ in range(2):
        await furnish(world.engine, store, world.conference)
        snapshot = (await world.engine.view(None, room)).snapshot
        assert snapshot.booth.logo.endswith("/logo.webp")
        assert [view.title for view in snapshot.files] == ["What we do", "How to work with us"]
        async with world.engine.database.read() as connection:
            kinds = (FileKind.LOGO, FileKind.BROCHURE)
            rows = await queries.rows(connection, booth, *kinds)
        content = {row.kind: b"".join([piece async for piece in store.read(row.id, 0, row.size)]) for row in rows}
        with Image.open(io.BytesIO(content["logo"])) as logo:
            assert (logo.format, logo.size) == ("WEBP", (drawing.SIDE, drawing.SIDE))
        assert content["brochure"].startswith(b"%PDF-")
        assert len(list(tmp_path.rglob("*/*"))) == len(rows) == 3


async def test_its_brochures_would_be_taken_from_anybody(tmp_path: Path) -> None:
    path = tmp_path / "brochure"
    path.write_bytes(drawing.brochure(1, "Lumen (Nordic)", "Light \\ for all", ["One line", "Wołów, 灯"]))
    assert (await inspect(Content.BROCHURE, path, tmp_path / "made")).ending == "pdf"
