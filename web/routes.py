"""The routes of all pages. Each slice lists its own, in order, as `routes` of web.pages.<slice>."""

import importlib
from importlib.util import find_spec

from starlette.routing import BaseRoute

from rooms.slices import SLICES
from web.pages import shell


def routes() -> list[BaseRoute]:
    """In the order of the slices: if two routes match an address, the first one wins."""
    found: list[BaseRoute] = [*shell.routes]
    for name in SLICES:
        package = f"web.pages.{name}"
        if find_spec(package):
            found += importlib.import_module(package).routes
    return found
