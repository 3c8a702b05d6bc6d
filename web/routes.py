"""The routes of all pages: every module of web/pages with a list `routes`."""

import importlib
import pkgutil

from starlette.routing import BaseRoute

from web import pages


def routes() -> list[BaseRoute]:
    found: list[BaseRoute] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(pages.__path__)):
        found += getattr(importlib.import_module(f"web.pages.{module}"), "routes", [])
    return found
