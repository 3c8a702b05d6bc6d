"""A visitor of the site's pages: a browser without JavaScript, in memory. And the site that they visit, built from a test's world."""

import re
from html import unescape
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette

from rooms.people import registration
from rooms.people.attempts import Browser
from rooms.people.passwords import Passwords
from tests.support.world import World
from web.mail import Email, Postbox
from web.problems import handlers
from web.routes import routes
from web.security import Security
from web.site import Site

URL = "https://forum.example"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Outbox:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Email] = []

    async def send(self, email: Email) -> None:
        self.sent.append(email)

    def link(self) -> str:
        """The path of the link in the last email."""
        found = re.search(re.escape(URL) + r"(/\S+)", self.sent[-1].text)
        assert found is not None
        return found[1]


def make_site(world: World, emails: Outbox | None = None, **options: Any) -> Site:
    options.setdefault("base_url", URL)
    return Site(engine=world.engine, post=Postbox(emails or Outbox()), passwords=Passwords(QUICK), **options)


def make_app(site: Site, *extra: Any) -> Security:
    return Security(Starlette(routes=[*routes(), *extra], exception_handlers=handlers()), site)


class Visitor:
    """Keeps cookies and the token of the last page, and sends what a browser sends with a form of the site."""

    def __init__(self, site: Site, *, address: str = "203.0.113.7", language: str = "en", **headers: str) -> None:
        self.site = site
        transport = httpx.ASGITransport(make_app(site), client=(address, 50000), raise_app_exceptions=False)
        self.http = httpx.AsyncClient(
            transport=transport,
            base_url=site.base_url,
            headers={"Accept-Language": language, "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/150.0", **headers},
        )
        self.csrf = ""
        self.page = ""

    async def get(self, path: str, *, follow: bool = True, **options: Any) -> httpx.Response:
        return self._seen(await self.http.get(path, follow_redirects=follow, **options))

    async def post(
        self, path: str, fields: Any = None, *, follow: bool = True, csrf: str | None = None, **options: Any
    ) -> httpx.Response:
        """Sends a form with the last page's token, as a browser does."""
        headers = {"Origin": self.site.origin, "Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        data = {"csrf": self.csrf if csrf is None else csrf, **(fields or {})}
        return self._seen(await self.http.post(path, data=data, headers=headers, follow_redirects=follow, **options))

    def _seen(self, response: httpx.Response) -> httpx.Response:
        self.page = unescape(response.text)
        if found := re.search(r'<meta name="csrf" content="([^"]+)"', response.text):
            self.csrf = found[1]
        return response

    async def sign_in(self, person: str, next: str = "/account") -> "Visitor":
        """Signs in as a person of the world, past the pages."""
        from starlette.responses import Response

        from web.cookies import SIGNIN
        from web.viewer import sign_in_cookie

        signin = await registration.enter(self.site.engine, person, Browser("", "", "Firefox · Linux"))
        response = Response()
        sign_in_cookie(self.site, response, signin)
        value = response.headers["set-cookie"].partition(";")[0].partition("=")[2]
        self.http.cookies.set(self.site.cookie(SIGNIN), value, domain=self.site.authority)
        await self.get(next)
        return self

    @property
    def signin_cookie(self) -> str | None:
        from web.cookies import SIGNIN

        return self.http.cookies.get(self.site.cookie(SIGNIN))

    async def settled(self) -> None:
        """Returns when all queued emails have been sent."""
        await self.site.post.settled()
