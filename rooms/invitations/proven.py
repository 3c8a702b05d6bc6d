"""Signing up with an invitation that was sent by email.

The secret is only in the mailbox, so the link proves the address: no second email is sent. It works once, for this address, until it expires, and
only when its form is sent: mail scanners and link previews read the page without using it up.
"""

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.invitations import invites
from rooms.people import accounts, registration, signins
from rooms.people.accounts import TAKEN, clean_name
from rooms.people.attempts import FROM_ADDRESS, Browser
from rooms.people.desk import desk_of
from rooms.people.messages import RightsChanged
from rooms.people.passwords import Passwords, check_password
from rooms.people.registration import NewSignin


async def sign_up(
    engine: Engine, passwords: Passwords, browser: Browser, secret: str, *, name: str, password: str, locale: str
) -> NewSignin:
    """Creates the account of the invited address, accepts the invitation and signs in, all or nothing.

    An account whose address was never confirmed may have been made by an attacker. The person at the mailbox takes it over: its name and password
    are replaced, and its sign-ins and links end. Raises Problem "expired", "invalid", "rate_limited", "forbidden" or "conflict".
    """
    async with engine.database.read() as connection:
        invite = await invites.look(connection, secret, engine.clock())
        if invite.email is None:
            raise Problem("forbidden", N_("Sign in to accept the invitation."))
        room = await invites.room_of(connection, invite)
        known = await accounts.by_email(connection, invite.email)
        desk = None if known is None else await desk_of(connection, known.id)
    if known is not None and known.verified:
        raise Problem("conflict", TAKEN)
    name = clean_name(name)
    check_password(password, email=invite.email)
    engine.limits.take("sign-up.address", browser.address, FROM_ADDRESS)
    hashed = await passwords.hash(password)
    async with engine.transaction([room] if desk is None else [room, desk]) as tx:
        if known is None or desk is None:
            account = await accounts.create(
                tx.connection, name=name, email=invite.email, password=hashed, verified=True, locale=locale, at=tx.now
            )
        else:
            tx.room = desk
            account = await accounts.get(tx.connection, known.id)
            if account.verified or account.email != invite.email:
                raise Problem("conflict", TAKEN)
            await accounts.give_address(tx.connection, account.id, invite.email, tx.now)
            await accounts.change_profile(
                tx.connection, account.id, name=name, listed=account.listed, relay_only=account.relay_only
            )
            await registration.set_password(tx, account.id, hashed)
            await registration.end_access(tx, account.id)
            tx.record(RightsChanged(None), person=account.id)
            account = await accounts.get(tx.connection, account.id)
        await invites.take_up(tx, secret, account, room, proven=True)
        signin = await signins.open_signin(tx.connection, account.id, browser.device, tx.now)
    return NewSignin(account, signin, "/")
