"""Messages that are shown once, on the page after a form. They travel in a signed cookie, so any process can show them."""

import hashlib

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from web.cookies import drop_cookie, read_cookie, set_cookie
from web.site import Site, site_of

FLASH = "flash"
SECONDS = 60

Flashes = list[tuple[str, str]]
"""(kind, text): kind "" for plain news, "warning" or "fault"."""


def read(connection: HTTPConnection) -> Flashes:
    site = site_of(connection)
    try:
        news = _serializer(site).loads(read_cookie(connection, FLASH) or "")
    except BadSignature:
        return []
    return [(kind, text) for kind, text in news]


def write(connection: HTTPConnection, response: Response, news: Flashes) -> None:
    site = site_of(connection)
    value = _serializer(site).dumps(news)
    set_cookie(site, response, FLASH, value.decode() if isinstance(value, bytes) else value, SECONDS)


def clear(connection: HTTPConnection, response: Response) -> None:
    drop_cookie(site_of(connection), response, FLASH)


def _serializer(site: Site) -> URLSafeSerializer:
    return URLSafeSerializer(site.engine.secret, salt="flash", signer_kwargs={"digest_method": hashlib.sha256})
