"""/c/…/exhibition/<booth>/sign: what an exhibitor puts up at his real stand, on paper or on a screen. Visitors read its code and share their contact."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition import rules
from web.pages.exhibition.enter import AtBooth, enter_booth
from web.qr import qr_code, qr_file
from web.site import site_of


def share_address(at: AtBooth) -> str:
    """Where the code leads: short, because every letter makes it finer."""
    return at.entered.site.link(f"{at.path}/share")


async def _entered(request: Request) -> AtBooth:
    async with site_of(request).engine.database.read() as connection:
        return await enter_booth(request, connection, rules.answers)


async def show(request: Request) -> Response:
    at = await _entered(request)
    address = share_address(at)
    return await at.page(request, "exhibition/sign.html", share=address, code=qr_code(address))


async def picture(request: Request) -> Response:
    """The code alone, for a sign of the exhibitor's own."""
    at = await _entered(request)
    name = f"{at.entered.conference.slug}-{at.booth.id}.svg"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return Response(qr_file(share_address(at)), media_type="image/svg+xml", headers=headers)


PATH = "/c/{conference}/exhibition/{booth}"

routes = [Route(f"{PATH}/sign", show), Route(f"{PATH}/sign.svg", picture)]
