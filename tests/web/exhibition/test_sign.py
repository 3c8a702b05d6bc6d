"""The sign of a booth: a code that leads visitors to where they share their contact."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import segno

from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

STEP = re.compile(r"([Mmhv])(-?[\d.]+)(?: (-?[\d.]+))?")


def dark_modules(svg: str) -> Iterator[tuple[int, int]]:
    """(row, column) of all that is drawn dark: strokes one module high, along the middle of their row."""
    (path,) = re.findall(r'<path stroke="#000" d="([^"]+)"', svg)
    x = y = 0.0
    for email, first, second in STEP.findall(path):
        if email == "h":
            yield from ((int(y), int(x) + number) for number in range(int(first)))
            x += float(first)
        else:
            x, y = (float(first), float(second)) if email == "M" else (x + float(first), y + float(second))


async def test_the_sign_leads_visitors_to_the_booth_and_is_for_the_staff(site: Site, world: World) -> None:
    booth = f"/c/forum/exhibition/{world.booth}"
    staff = await Visitor(site).sign_in(world.people["staff"])
    await staff.get(f"{booth}/leads")
    assert f'href="{booth}/sign"' in staff.page
    await staff.get(f"{booth}/sign")
    address = site.link(f"{booth}/share")
    assert address in staff.page
    assert "Scan the code to share your contact with us." in staff.page
    (drawn,) = re.findall(r'<svg viewBox="0 0 (\d+) \1" class="qr">(.*?)</svg>', staff.page, re.DOTALL)
    matrix = segno.make_qr(address, error="m").matrix
    size, quiet = int(drawn[0]), 4
    assert size == len(matrix) + 2 * quiet, "with the light around it, without which no reader finds it"
    dark = {(row + quiet, column + quiet) for row, line in enumerate(matrix) for column, bit in enumerate(line) if bit}
    assert set(dark_modules(drawn[1])) == dark
    assert f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>' in drawn[1], "dark on light in dark colours too"

    answer = await staff.get(f"{booth}/sign.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"].startswith("attachment")
    picture = ElementTree.fromstring(answer.content)
    assert picture.get("width") == picture.get("height") == "100.0mm"

    visitor = await Visitor(site).sign_in(world.people["attendee"])
    for end in ("sign", "sign.svg"):
        assert (await visitor.get(f"{booth}/{end}")).status_code == 403
    await visitor.get(address)
    assert "Share your contact" in visitor.page
    assert f"{booth}/sign" not in visitor.page
