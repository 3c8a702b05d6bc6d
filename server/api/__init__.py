"""The HTTP API at /api/v1/: what programs read, and every command, by the same `perform` as pages and live connections.

    contract.py   the register of operations: routes, OpenAPI and docs/api.md are all made of it
    views.py      what is answered
    reading.py    operations that read; acting.py: those that do
    door.py       who is calling, and how he is answered
    openapi.py    /api/v1/openapi.json; reference.py: docs/api.md (`python -m server.api` writes it)

Within v1, fields and operations are only ever added.
"""

from server.api.routes import routes

__all__ = ["routes"]
