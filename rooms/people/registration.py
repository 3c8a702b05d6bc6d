"""Registration and sign-in: by password, by a link in an email, or as a guest. Responses never reveal whether an address is registered."""

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
from rooms.people.links import EmailLink, LinkPurpose, digest_of
from rooms.people.messages import RightsChanged
from rooms.people.passwords import Passwords, check_password

GUESTS = Rate(40, 600)
"""New guests without an invitation, from one network address: each has a vote (docs/decisions/0006)."""

GUESTS_INVITED = Rate(120, 600)
"""New guests by one invitation, from one network address."""
GUESTS_OF_SITE = Rate(240, 600)
"""New guests from one IPv6 /48."""

WRONG = N_("The address or the password is incorrect.")


class EmailKind(StrEnum):
    """The kinds of emails. KNOWN: the account already exists, with a link to sign in. UNKNOWN: there is no account."""

    CONFIRM = "confirm"
    SIGN_IN = "sign-in"
    RESET = "reset"
    KNOWN = "known"
    UNKNOWN = "unknown"


class Notice(NamedTuple):
    """An email to send: `secret` is the link's, empty for an email without a link."""

    kind: EmailKind
    email: str
    name: str
    secret: str


async def by_password(engine: Engine, passwords: Passwords, browser: Browser, email: str, password: str) -> Account:
    """The account. Takes the same time whether or not the address is registered. Raises Problem "invalid", "rate_limited" or "unavailable"."""
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
    """The cleaned input of a new person, with the password hashed."""

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
    """Validates the input and hashes the password, before anything depends on whether the address is registered. Raises Problem."""
    name, email = clean_name(name), clean_email(email)
    check_password(password, email=email)
    engine.limits.take("sign-up.address", browser.address, FROM_ADDRESS)
    return SignUp(name, email, await passwords.hash(password), locale, next)


async def sign_up(engine: Engine, browser: Browser, wanted: SignUp) -> Notice:
    """Creates an account without rights until its address is confirmed. For a registered address it only sends an email that says so."""
    try:
        return await _sign_up(engine, browser, wanted)
    except Problem as problem:
        if problem.code != "conflict":
            raise
        return await _sign_up(engine, browser, wanted)  # a concurrent request registered the same address


async def _sign_up(engine: Engine, browser: Browser, wanted: SignUp) -> Notice:
    async with engine.transaction() as tx:
        account = await accounts.by_email(tx.connection, wanted.email)
        if account is not None and account.verified:
            link = EmailLink(LinkPurpose.SIGN_IN, account.id, wanted.email, "", wanted.next)
            return Notice(EmailKind.KNOWN, wanted.email, account.name, await links.make(tx.connection, link, tx.now))
        # The password of an unconfirmed account may be anyone's, so its link is bound to no browser.
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
        link = EmailLink(LinkPurpose.CONFIRM, account.id, wanted.email, asked_by, wanted.next)
        return Notice(EmailKind.CONFIRM, wanted.email, account.name, await links.make(tx.connection, link, tx.now))


async def ask_for_link(engine: Engine, browser: Browser, purpose: LinkPurpose, email: str, next: str) -> Notice:
    """An email with a link to sign in or to choose a new password, or one that says that there is no such account."""
    async with engine.transaction() as tx:
        account = await accounts.by_email(tx.connection, email)
        if account is None:
            return Notice(EmailKind.UNKNOWN, email, "", "")
        secret = await links.make(
            tx.connection, EmailLink(purpose, account.id, email, digest_of(browser.id), next), tx.now
        )
        return Notice(EmailKind(purpose.value), email, account.name, secret)


async def ask_to_confirm(engine: Engine, browser: Browser, account: Account, email: str, next: str) -> Notice:
    """An email with which a signed-in person confirms an address: that of a new account, or of a guest who registers."""
    async with engine.transaction() as tx:
        other = await accounts.by_email(tx.connection, email)
        if other is not None and other.id != account.id:
            link = EmailLink(LinkPurpose.SIGN_IN, other.id, email, "", next)
            return Notice(EmailKind.KNOWN, email, other.name, await links.make(tx.connection, link, tx.now))
        link = EmailLink(LinkPurpose.CONFIRM, account.id, email, digest_of(browser.id), next)
        return Notice(EmailKind.CONFIRM, email, account.name, await links.make(tx.connection, link, tx.now))


class Opened(NamedTuple):
    """The effect of a link. `asks_password`: its page has a field for a new password; `needs_password`: the field is required."""

    link: EmailLink
    account: Account
    asks_password: bool
    needs_password: bool


async def open_link(engine: Engine, browser: Browser, secret: str) -> Opened:
    """Reads a link without using it. Raises Problem "expired"."""
    async with engine.database.read() as connection:
        link = await links.look(connection, secret, engine.clock())
        account = await accounts.get(connection, link.person)
    foreign = link.purpose is LinkPurpose.CONFIRM and link.browser != digest_of(browser.id)
    return Opened(link, account, foreign or link.purpose is LinkPurpose.RESET, link.purpose is LinkPurpose.RESET)


class NewSignin(NamedTuple):
    """`signin` is new; `next` is the page that the person wanted to open."""

    account: Account
    signin: str
    next: str


async def use_link(
    engine: Engine, passwords: Passwords, browser: Browser, secret: str, password: str = ""
) -> NewSignin:
    """Uses a link up and signs its person in. Raises Problem "expired", "invalid" or "conflict".

    The link proves access to the mailbox. An account created earlier by another browser may have been registered by an attacker who waits for the
    owner of the address to confirm it. So its old password and sign-ins end here.
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
        if opened.asks_password or not (proven_before or link.purpose is LinkPurpose.CONFIRM):
            if hashed is not None or not proven_before:
                await set_password(tx, account.id, hashed)
            await end_access(tx, account.id)
        signin = await signins.open_signin(tx.connection, account.id, browser.device, tx.now)
        return NewSignin(await accounts.get(tx.connection, account.id), signin, link.next)


async def set_password(tx: Transaction, person: str, hashed: str | None) -> None:
    await accounts.change_password(tx.connection, person, hashed)
    tx.audit(None, person, "password.change", person)


async def end_access(tx: Transaction, person: str) -> None:
    """Ends all sign-ins, unused links and calendar addresses of a person, whose desk is the transaction's room."""
    await signins.revoke_in(tx, person)
    await links.spend_all(tx.connection, person, tx.now)
    await accounts.renew_calendar_key(tx.connection, person)


async def enter(engine: Engine, person: str, browser: Browser) -> str:
    """A new sign-in of an authenticated person."""
    async with engine.transaction() as tx:
        return await signins.open_signin(tx.connection, person, browser.device, tx.now)


async def enter_as_guest(engine: Engine, browser: Browser, name: str, locale: str) -> NewSignin:
    """A new guest, signed in. Each conference decides where guests may take part. Raises Problem "invalid", "rate_limited" or "forbidden"."""
    take_guest(engine, browser)
    async with engine.transaction() as tx:
        return await make_guest(engine, tx, browser, name, locale)


async def make_guest(engine: Engine, tx: Transaction, browser: Browser, name: str, locale: str) -> NewSignin:
    """Raises Problem "invalid" or "forbidden"."""
    guest = await accounts.create(tx.connection, name=clean_name(name), locale=locale, at=tx.now)
    await guest_marks.welcome(engine, tx, guest.id, browser)
    return NewSignin(guest, await signins.open_signin(tx.connection, guest.id, browser.device, tx.now), "/")


def take_guest(engine: Engine, browser: Browser, invitation: str = "") -> None:
    """Raises Problem "rate_limited". With an invitation (its id) the limit per network address is higher."""
    try:
        if invitation:
            engine.limits.take("guest.invited", f"{invitation} {browser.address}", GUESTS_INVITED)
        else:
            engine.limits.take("guest", browser.address, GUESTS)
        if ":" in browser.address:
            # A site often has a whole /48 of IPv6: 65,536 networks of household size.
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
    """Changes the password; ends other sign-ins and unused links. `current` is required if there is a password. Raises Problem "invalid" or "rate_limited"."""
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
