"""The site: shared objects and settings of all pages, created once by the server."""

import logging
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from rooms.core.background import BackgroundTasks
from rooms.core.engine import Engine
from rooms.core.files.intake import Intake
from rooms.core.files.store import FolderStore, Store
from rooms.exhibition.files.uploads import Files
from rooms.people.passwords import Passwords
from signaling.calls import Calls, Ice
from signaling.stage.builtin import BuiltinEngine, StageOptions
from signaling.stage.stages import LiveStages
from web.languages import Languages
from web.mail import LogMailer, Postbox
from web.template_engine import Templates

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Site:
    """`base_url` is the public address, such as https://forum.example, without a path: every link is made from it, none from a Host header.

    `contact` is the email address of the organisers. `media_hosts` are the origins from which stages may show streams and players. Only
    `trusted_proxies` may name the client's address (X-Forwarded-For).
    """

    engine: Engine
    base_url: str
    name: str = "Plenary"
    contact: str = ""
    media_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    ice: Ice = field(default_factory=Ice)
    stage: StageOptions = field(default_factory=lambda: StageOptions(Path("data")))
    post: Postbox = field(default_factory=lambda: Postbox(LogMailer()))
    passwords: Passwords = field(default_factory=Passwords)
    languages: Languages = field(default_factory=Languages)
    store: Store = field(default_factory=lambda: FolderStore(Path("data") / "files"))
    tasks: BackgroundTasks = field(default_factory=lambda: BackgroundTasks(log))

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.engine, self.store)

    @cached_property
    def files(self) -> Files:
        return Files(self.intake)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.languages)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.engine, self.ice)

    @cached_property
    def stages(self) -> LiveStages:
        return LiveStages(self.engine, BuiltinEngine(self.stage))

    @cached_property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @cached_property
    def authority(self) -> str:
        """host or host:port, as a browser writes it into Host."""
        parts = urlsplit(self.base_url)
        host = parts.netloc.rpartition("@")[2].lower()
        return host.removesuffix(":443" if self.secure else ":80")

    @cached_property
    def origin(self) -> str:
        """As a browser writes it into Origin."""
        return f"{'https' if self.secure else 'http'}://{self.authority}"

    def cookie(self, name: str) -> str:
        """The full name of a cookie. Under https its prefix keeps neighbouring hosts from planting one."""
        return f"__Host-plenary-{name}" if self.secure else f"plenary-{name}"

    def link(self, path: str) -> str:
        """The public address of a path, for mail and calendars."""
        return self.origin + path


def site_of(connection: HTTPConnection) -> Site:
    """The site of a request (set by web.security.Security)."""
    return connection.scope["state"]["site"]
