"""plenary admin: who may create conferences on this site; and the link by which the first administrator sets it up."""

import argparse
import asyncio
import os

from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.migrations import upgrade
from rooms.people import accounts, administrators
from server.app import make_engine
from server.settings import Settings, read_settings
from web import links

HELP = "make the owner of an address an administrator of this site"
LINK_LINE = "Until tomorrow, this link works once to choose a password:"
SETUP_LINE = "This site has no administrator yet. Open this link within a day to set it up:"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="the email address; where it has no account, one is created")
    parser.add_argument("--name", default="", help="the name of a new account")
    parser.add_argument("--revoke", action="store_true", help="take the right away again")
    parser.set_defaults(work=work)


def work(arguments: argparse.Namespace) -> int:
    return asyncio.run(_work(arguments))


async def _work(arguments: argparse.Namespace) -> int:
    settings = read_settings(os.environ)
    engine = make_engine(settings)
    try:
        await upgrade(engine.database)
        await engine.hub.start()
        if arguments.revoke:
            await revoke(engine, arguments.address)
        else:
            await grant(engine, settings, arguments.address, arguments.name)
    finally:
        await engine.hub.stop()
        await engine.database.close()
    return 0


async def grant(engine: Engine, settings: Settings, address: str, name: str) -> None:
    account, secret = await administrators.find_or_create(engine, address, name)
    changed = await administrators.change(engine, account, admin=True)
    print(f"{account.email} is {'now' if changed else 'already'} an administrator.")
    print_link(settings, secret)


async def revoke(engine: Engine, address: str) -> None:
    async with engine.database.read() as connection:
        account = await accounts.by_email(connection, address)
    if account is None:
        raise Problem("not_found", N_("There is no account with this address."))
    changed = await administrators.change(engine, account, admin=False)
    print(f"{account.email} is {'no longer' if changed else 'not'} an administrator.")


def print_link(settings: Settings, secret: str | None) -> None:
    """Shows the link to a new account, where there is one."""
    if secret is not None:
        print(LINK_LINE, f"  {settings.url}{links.path('link', subject=secret)}", sep="\n")


async def print_setup(settings: Settings) -> None:
    """What a new installation says at its start, and nothing once it has an administrator."""
    engine = make_engine(settings)
    try:
        secret = await administrators.setup_secret(engine)
    finally:
        await engine.database.close()
    if secret is not None:
        print(SETUP_LINE, f"  {settings.url}{links.path('setup', subject=secret)}", sep="\n", flush=True)
