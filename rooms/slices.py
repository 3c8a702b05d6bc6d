"""The slices of the product. A new slice adds its name here; importing this module registers everything the slices declare.

Every module of a slice is imported, so that no command, event, kind of room, table, periodic job or personal data can be forgotten.
"""

import importlib
import pkgutil

SLICES = (
    "people",
    "chat",
    "contacts",
    "organisations",
    "programme",
    "cooperation",
    "forum",
    "meetings",
    "exhibition",
    "recruitment",
    "matchmaking",
    "conduct",
    "invitations",
)

for _slice in SLICES:
    _package = importlib.import_module(f"rooms.{_slice}")
    for _module in pkgutil.walk_packages(_package.__path__, f"rooms.{_slice}."):
        importlib.import_module(_module.name)
