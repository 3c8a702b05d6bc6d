"""/c/…/exhibition/<booth>/sign: a sign for the exhibitor's physical booth, on paper or on a screen. Visitors scan its code and share their contact."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition import rules
from web.pages.exhibition.enter import AtBooth, enter_booth
from web.qr import qr_code, qr_file
from web.site import site_of


def share_address(at: AtBooth) -> str:
    """The address in the code: short, because every character makes the code denser."""
    return at.entered.site.link(f"{at.path}/share")


async def _entered(request: Request) -> AtBooth:
    async with site_of(request).engine.database.read() as connection:
        return await enter_booth(request, connection, rules.answers)


async def show(request: Request) -> Response:
    at = await _entered(request)
    address = share_address(at)
    return await at.page(request, "exhibition/sign.html", share=address, code=qr_code(address))


async def picture(request: Request) -> Response:
    """Only the code, for the exhibitor's own signs."""
    at = await _entered(request)
    name = f"{at.entered.conference.slug}-{at.booth.id}.svg"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache"}
    return Response(qr_file(share_address(at)), media_type="image/svg+xml", headers=headers)


PATH = "/c/{conference}/exhibition/{booth}"

routes = [Route(f"{PATH}/sign", show), Route(f"{PATH}/sign.svg", picture)]
