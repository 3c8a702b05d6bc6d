"""The site's cookies: names, setting and deleting, and signatures against forged values."""

import hashlib

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from web.site import Site, site_of

SIGNIN, BROWSER, LOCALE, THEME, ZONE, ZONE_NAME = "signin", "browser", "locale", "theme", "zone", "zone-name"
LONG = 365 * 24 * 3600  # seconds


def read_cookie(connection: HTTPConnection, name: str) -> str | None:
    return connection.cookies.get(site_of(connection).cookie(name))


def read_signed(connection: HTTPConnection, name: str) -> str | None:
    """The value of a signed cookie; None if it is absent or its signature is invalid."""
    value = read_cookie(connection, name)
    try:
        return _signer(site_of(connection), name).unsign(value).decode() if value else None
    except (BadSignature, UnicodeError):
        return None


def signed(site: Site, name: str, value: str) -> str:
    """The value of a signed cookie, as `read_signed` accepts it."""
    return _signer(site, name).sign(value).decode()


def set_cookie(site: Site, response: Response, name: str, value: str, seconds: int, *, readable: bool = False) -> None:
    """`readable`: the page's scripts can read it, too."""
    response.set_cookie(
        site.cookie(name), value, max_age=seconds, secure=site.secure, httponly=not readable, samesite="lax", path="/"
    )


def drop_cookie(site: Site, response: Response, name: str) -> None:
    set_cookie(site, response, name, "", 0)


def _signer(site: Site, purpose: str) -> Signer:
    return Signer(site.engine.secret, salt=f"cookie {purpose}", digest_method=hashlib.sha256)
