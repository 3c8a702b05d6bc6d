"""Signing up and coming in: by password, by a link in a letter, as a guest. What is said to a stranger never tells whether an address is known."""

from enum import StrEnum
from ipaddress import ip_network
from typing import NamedTuple

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.people import accounts, attempts, guest_marks, links, signins
from rooms.people.accounts import Account, clean_email, clean_name
from rooms.people.attempts import FROM_ADDRESS, PASSWORD_HERE, Browser
from rooms.people.links import Link, Purpose, digest_of
from rooms.people.messages import RightsChanged
from rooms.people.passwords import Passwords, check_password

GUESTS = Rate(40, 600)
"""New guests without an invitation, from one network address: each has a vote (docs/decisions/0006)."""

GUESTS_INVITED = Rate(120, 600)
"""New guests by one invitation, from one network address."""
GUESTS_OF_SITE = Rate(240, 600)
"""New guests from one IPv6 /48."""

WRONG = N_("The address or the password is incorrect.")


class Told(StrEnum):
    """What a letter says. KNOWN: that there is an account already, with a link to sign in. UNKNOWN: that there is none."""

    CONFIRM = "confirm"
    SIGN_IN = "sign-in"
    RESET = "reset"
    KNOWN = "known"
    UNKNOWN = "unknown"


class Notice(NamedTuple):
    """A letter to be written: `secret` is the link's, empty where the letter holds none."""

    told: Told
    email: str
    name: str
    secret: str


async def by_password(engine: Engine, passwords: Passwords, browser: Browser, email: str, password: str) -> Account:
    """The account, at equal cost whether the address is known or not. Raises Problem "invalid", "rate_limited" or "unavailable"."""
    email = clean_email(email)
    with passwords.place() as hashing:
        attempts.take_password(engine, browser, email)
        async with engine.database.read() as connection:
            account = await accounts.by_email(connection, email)
            hashed = await accounts.hashed_password(connection, account.id if account else "")
        matches = await hashing.matches(password, hashed)
    if not matches or account is None:
        raise Problem("invalid", WRONG, field="password")
    return account


class SignUp(NamedTuple):
    """What a new person has typed, cleaned, with his password hashed."""

    name: str
    email: str
    password: str
    locale: str
    next: str


async def prepare_sign_up(
    engine: Engine,
    passwords: Passwords,
    browser: Browser,
    *,
    name: str,
    email: str,
    password: str,
    locale: str,
    next: str,
) -> SignUp:
    """Looks at what was typed, and hashes, before anything depends on whether the address is known. Raises Problem."""
    name, email = clean_name(name), clean_email(email)
    check_password(password, email=email)
    engine.limits.take("sign-up.address", browser.address, FROM_ADDRESS)
    return SignUp(name, email, await passwords.hash(password), locale, next)


async def sign_up(engine: Engine, browser: Browser, wanted: SignUp) -> Notice:
    """Makes an account that has no rights until its address is proven. For a known address it only says so, in a letter to that address."""
    try:
        return await _sign_up(engine, browser, wanted)
    except Problem as problem:
        if problem.code != "conflict":
            raise
        return await _sign_up(engine, browser, wanted)  # the same address was first by a moment: now it is known


async def _sign_up(engine: Engine, browser: Browser, wanted: SignUp) -> Notice:
    async with engine.transaction() as tx:
        account = await accounts.by_email(tx.connection, wanted.email)
        if account is not None and account.verified:
            link = Link(Purpose.SIGN_IN, account.id, wanted.email, "", wanted.next)
            return Notice(Told.KNOWN, wanted.email, account.name, await links.make(tx.connection, link, tx.now))
        # Of an account that nobody has confirmed, nobody knows whose password it has: its link belongs to no browser.
        asked_by = digest_of(browser.id) if account is None else ""
        if account is None:
            account = await accounts.create(
                tx.connection,
                name=wanted.name,
                email=wanted.email,
                password=wanted.password,
                locale=wanted.locale,
                at=tx.now,
            )
        link = Link(Purpose.CONFIRM, account.id, wanted.email, asked_by, wanted.next)
        return Notice(Told.CONFIRM, wanted.email, account.name, await links.make(tx.connection, link, tx.now))


async def ask_for_link(engine: Engine, browser: Browser, purpose: Purpose, email: str, next: str) -> Notice:
    """A letter with a link to sign in or to choose a new password; or one that says that there is no such account."""
    async with engine.transaction() as tx:
        account = await accounts.by_email(tx.connection, email)
        if account is None:
            return Notice(Told.UNKNOWN, email, "", "")
        secret = await links.make(tx.connection, Link(purpose, account.id, email, digest_of(browser.id), next), tx.now)
        return Notice(Told(purpose.value), email, account.name, secret)


async def ask_to_confirm(engine: Engine, browser: Browser, account: Account, email: str, next: str) -> Notice:
    """A letter by which a signed-in person proves an address: a new account's, or that under which a guest registers."""
    async with engine.transaction() as tx:
        other = await accounts.by_email(tx.connection, email)
        if other is not None and other.id != account.id:
            link = Link(Purpose.SIGN_IN, other.id, email, "", next)
            return Notice(Told.KNOWN, email, other.name, await links.make(tx.connection, link, tx.now))
        link = Link(Purpose.CONFIRM, account.id, email, digest_of(browser.id), next)
        return Notice(Told.CONFIRM, email, account.name, await links.make(tx.connection, link, tx.now))


class Opened(NamedTuple):
    """What a link would do. `asks_password`: whether its page has a field for a new password, `needs_password`: and it must be filled."""

    link: Link
    account: Account
    asks_password: bool
    needs_password: bool


async def open_link(engine: Engine, browser: Browser, secret: str) -> Opened:
    """Looks at a link without using it. Raises Problem "expired"."""
    async with engine.database.read() as connection:
        link = await links.look(connection, secret, engine.clock())
        account = await accounts.get(connection, link.person)
    foreign = link.purpose is Purpose.CONFIRM and link.browser != digest_of(browser.id)
    return Opened(link, account, foreign or link.purpose is Purpose.RESET, link.purpose is Purpose.RESET)


class Entered(NamedTuple):
    """`signin` is new; `next` is where the person wanted to go."""

    account: Account
    signin: str
    next: str


async def use_link(engine: Engine, passwords: Passwords, browser: Browser, secret: str, password: str = "") -> Entered:
    """Uses a link up and signs its person in. Raises Problem "expired", "invalid" or "conflict".

    Whoever holds the link holds the mailbox. Where the account was made before that was proven, and not from this browser, its password and
    sign-ins may be a stranger's, who registered the address in advance to wait for its owner: they end here.
    """
    opened = await open_link(engine, browser, secret)
    hashed = None
    if opened.asks_password and (password or opened.needs_password):
        check_password(password, email=opened.link.email)
        hashed = await passwords.hash(password)
    async with signins.on_desk(engine, opened.account.id) as tx:
        link = await links.use(tx.connection, secret, tx.now)
        account = await accounts.get(tx.connection, link.person)
        proven_before = account.kind == "registered" and account.verified
        if not proven_before:
            await accounts.give_address(tx.connection, account.id, link.email, tx.now)
            tx.record(RightsChanged(None), person=account.id)
        if opened.asks_password or not (proven_before or link.purpose is Purpose.CONFIRM):
            if hashed is not None or not proven_before:
                await accounts.change_password(tx.connection, account.id, hashed)
                tx.audit(None, account.id, "password.change", account.id)
            await signins.revoke_in(tx, account.id)
            await links.spend_all(tx.connection, account.id, tx.now)
        signin = await signins.open_signin(tx.connection, account.id, browser.device, tx.now)
        return Entered(await accounts.get(tx.connection, account.id), signin, link.next)


async def enter(engine: Engine, person: str, browser: Browser) -> str:
    """A new sign-in of a person who has shown who he is."""
    async with engine.transaction() as tx:
        return await signins.open_signin(tx.connection, person, browser.device, tx.now)


async def enter_as_guest(engine: Engine, browser: Browser, name: str, locale: str) -> Entered:
    """A new guest, signed in. Each conference says where guests may act. Raises Problem "invalid", "rate_limited" or "forbidden"."""
    take_guest(engine, browser)
    async with engine.transaction() as tx:
        return await make_guest(engine, tx, browser, name, locale)


async def make_guest(engine: Engine, tx: Transaction, browser: Browser, name: str, locale: str) -> Entered:
    """Raises Problem "invalid" or "forbidden"."""
    guest = await accounts.create(tx.connection, name=clean_name(name), locale=locale, at=tx.now)
    await guest_marks.welcome(engine, tx, guest.id, browser)
    return Entered(guest, await signins.open_signin(tx.connection, guest.id, browser.device, tx.now), "/")


def take_guest(engine: Engine, browser: Browser, invitation: str = "") -> None:
    """Raises Problem "rate_limited". With an invitation (its id) more guests may come from one address."""
    try:
        if invitation:
            engine.limits.take("guest.invited", f"{invitation} {browser.address}", GUESTS_INVITED)
        else:
            engine.limits.take("guest", browser.address, GUESTS)
        if ":" in browser.address:
            # A site often has a whole /48 of IPv6, that is 65,536 networks of the size that one household has.
            site = str(ip_network(browser.address).supernet(new_prefix=48))
            engine.limits.take("guest.site", site, GUESTS_OF_SITE)
    except Problem as problem:
        message = N_(
            "Many guests have joined from your network. Sign in with your email address, or try again in a moment."
        )
        raise Problem("rate_limited", message, retry_after=problem.retry_after) from None


async def change_password(
    engine: Engine, passwords: Passwords, browser: Browser, account: Account, signin: str, *, current: str, new: str
) -> None:
    """Ends all other sign-ins and waiting links. `current` is asked for where there is one. Raises Problem "invalid" or "rate_limited"."""
    check_password(new, email=account.email)
    if account.kind == "guest":
        raise Problem("conflict", N_("Guests have no password. Add your email address first."))
    if account.has_password:
        engine.limits.take("password.change", account.id, PASSWORD_HERE)
        async with engine.database.read() as connection:
            stored = await accounts.hashed_password(connection, account.id)
        if not await passwords.matches(current, stored):
            raise Problem("invalid", N_("This is not your current password."), field="current")
    hashed = await passwords.hash(new)
    async with signins.on_desk(engine, account.id) as tx:
        await accounts.change_password(tx.connection, account.id, hashed)
        await signins.revoke_in(tx, account.id, spared=signin)
        await links.spend_all(tx.connection, account.id, tx.now)
        tx.audit(None, account.id, "password.change", account.id)
