"""How often passwords may be tried and emails asked for, counted so that no stranger can lock a person out of their account.

Attempts count by network address and account first. The total for one account protects it from many addresses; it never stops a browser that
has signed in to this account before, and reaching the total for emails is no refusal: the links sent minutes ago still work.
"""

import hashlib
import hmac
from typing import NamedTuple

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.people.links import LinkPurpose

PASSWORD_HERE = Rate(10, 600)  # tries at one account, from one network address or one known browser
PASSWORD_EVERYWHERE = Rate(50, 3600)  # tries at one account, from browsers that are not known
EMAILS = Rate(5, 900)  # to one address, for one purpose, from one network address or one known browser
FROM_ADDRESS = Rate(200, 60)  # of each kind, from one network address, which may be a whole venue's
MOST_KNOWN = 5
"""How many accounts a browser's cookie remembers."""


class Browser(NamedTuple):
    """The origin of a request: the id of the browser, the key of the network address, and the name of the device.

    `known`: marks of the accounts that this browser has signed in to (`mark_of`).
    """

    id: str
    address: str
    device: str
    known: tuple[str, ...] = ()


def mark_of(engine: Engine, browser: str, email: str) -> str:
    """Proves that a browser has signed in to an account. It is valid for this browser only and does not reveal the address."""
    return hmac.new(engine.secret, f"known browser {browser} {email}".encode(), hashlib.sha256).hexdigest()[:32]


def _is_known(engine: Engine, browser: Browser, email: str) -> bool:
    mark = mark_of(engine, browser.id, email).encode()
    return any(hmac.compare_digest(mark, each.encode()) for each in browser.known[:MOST_KNOWN])


def take_password(engine: Engine, browser: Browser, email: str) -> None:
    """Raises Problem "rate_limited"."""
    if _is_known(engine, browser, email):
        engine.limits.take("password.known", f"{browser.id} {email}", PASSWORD_HERE)
        return
    engine.limits.take("password.address", browser.address, FROM_ADDRESS)
    engine.limits.take("password.here", f"{browser.address} {email}", PASSWORD_HERE)
    try:
        engine.limits.take("password.account", email, PASSWORD_EVERYWHERE)
    except Problem as problem:
        message = N_("Too many wrong passwords for this account. Sign in with an email link, or try again later.")
        raise Problem("rate_limited", message, retry_after=problem.retry_after) from None


def take_email(engine: Engine, browser: Browser, purpose: LinkPurpose, email: str) -> bool:
    """Whether an email may be sent now. False: several of this kind were sent within minutes, and their links still work.

    Raises Problem "rate_limited" when this network address or known browser has asked too often.
    """
    try:
        if _is_known(engine, browser, email):
            engine.limits.take("email.known", f"{browser.id} {email}", EMAILS)
            return True
        engine.limits.take("email.address", browser.address, FROM_ADDRESS)
        engine.limits.take("email.here", f"{browser.address} {email}", EMAILS)
    except Problem as problem:
        message = N_("Several emails were requested from here. Check your inbox, or try again in a moment.")
        raise Problem("rate_limited", message, retry_after=problem.retry_after) from None
    try:
        engine.limits.take("email", f"{purpose.value} {email}", EMAILS)
    except Problem:
        return False
    return True
