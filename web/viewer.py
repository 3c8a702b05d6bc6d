"""The viewer of a request: the person behind the cookie, their language, zone and colours. Read once per request."""

import contextlib
import hashlib
import hmac
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection
from starlette.responses import Response

from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_
from rooms.people import accounts, signins
from rooms.people.accounts import Account
from web.address import address_of
from web.cookies import (
    BROWSER,
    LOCALE,
    LONG,
    SIGNIN,
    THEME,
    ZONE,
    ZONE_NAME,
    read_cookie,
    read_signed,
    set_cookie,
    signed,
)
from web.site import Site, site_of

THEMES = ("auto", "light", "dark")
ZONES = ("event", "viewer")


@dataclass(frozen=True, slots=True)
class Viewer:
    """`person` is None without a sign-in. `zone_choice` is "event" or "viewer"; `zone` is the viewer's own, if their device has sent it.

    `csrf` goes into every form, and into the header X-CSRF-Token of every fetch that changes data.
    """

    person: Account | None
    signin: str | None
    browser: str
    locale: str
    theme: str
    zone_choice: str
    zone: ZoneInfo | None
    csrf: str
    address: str

    @property
    def id(self) -> str | None:
        return self.person.id if self.person else None

    @property
    def signed_in(self) -> Account:
        """The person. Raises Problem "not_signed_in"."""
        if self.person is None:
            raise Problem("not_signed_in", N_("Sign in first."))
        return self.person

    def zone_for(self, event: ZoneInfo) -> ZoneInfo:
        """The zone in which this viewer wants the times of an event."""
        return self.zone if self.zone_choice == "viewer" and self.zone is not None else event


async def viewer_of(connection: HTTPConnection) -> Viewer:
    """Raises Problem "unavailable" when the database is not available."""
    known = connection.scope["state"].get("viewer")
    if known is None:
        site = site_of(connection)
        signin = read_signed(connection, SIGNIN)
        person = None
        if signin is not None:
            try:
                person = (await signins.find(site.engine, signin)).account
            except Problem as problem:
                if problem.code != "not_signed_in":
                    raise
        known = _viewer(connection, site, person, signin if person else None)
        connection.scope["state"]["viewer"] = known
        if person and person.email and known.zone and known.zone.key != person.zone:
            await _keep_zone(site, person.id, known.zone.key)
    return known


async def _keep_zone(site: Site, person: str, zone: str) -> None:
    """For emails, which name times in the reader's zone. If the database is busy, the next page does it."""
    with contextlib.suppress(Problem):
        async with site.engine.database.write() as connection:
            await accounts.prefer(connection, person, zone=zone)


def stranger(connection: HTTPConnection) -> Viewer:
    """The viewer without data from the database, for error pages."""
    return connection.scope["state"].get("viewer") or _viewer(connection, site_of(connection), None, None)


def _viewer(connection: HTTPConnection, site: Site, person: Account | None, signin: str | None) -> Viewer:
    cookies = {name: read_cookie(connection, name) for name in (LOCALE, THEME, ZONE, ZONE_NAME)}
    accepted = site.languages.accepted(connection.headers.get("accept-language", ""))
    browser = browser_of(connection)
    return Viewer(
        person=person,
        signin=signin,
        browser=browser,
        locale=site.languages.choose([cookies[LOCALE], person.locale if person else None, *accepted]),
        theme=_one_of(THEMES, cookies[THEME]),
        zone_choice=_one_of(ZONES, cookies[ZONE]),
        zone=_zone(cookies[ZONE_NAME]) or _zone(person.zone if person else None),
        csrf=csrf_of(site, browser, signin),
        address=address_of(connection, site.trusted_proxies),
    )


def browser_of(connection: HTTPConnection) -> str:
    """The id of the browser from its cookie, or a new one, which `keep_browser` sets with the response."""
    state = connection.scope["state"]
    if "browser" not in state:
        state["browser"] = read_signed(connection, BROWSER)
        state["browser_is_new"] = state["browser"] is None
        state["browser"] = state["browser"] or new_id()
    return state["browser"]


def keep_browser(connection: HTTPConnection, response: Response) -> None:
    if connection.scope["state"].get("browser_is_new"):
        site = site_of(connection)
        set_cookie(site, response, BROWSER, signed(site, BROWSER, browser_of(connection)), LONG)


def csrf_of(site: Site, browser: str, signin: str | None) -> str:
    """Bound to the browser and the sign-in, so a token issued to somebody else is useless."""
    return hmac.new(site.engine.secret, f"csrf {browser} {signin or ''}".encode(), hashlib.sha256).hexdigest()[:40]


def sign_in_cookie(site: Site, response: Response, signin: str) -> None:
    set_cookie(site, response, SIGNIN, signed(site, SIGNIN, signin), int(signins.LASTS.total_seconds()))


def _one_of(choices: tuple[str, ...], value: str | None) -> str:
    return value if value in choices else choices[0]


def _zone(name: str | None) -> ZoneInfo | None:
    with contextlib.suppress(Exception):
        return ZoneInfo(name) if name and len(name) <= 60 else None
    return None
