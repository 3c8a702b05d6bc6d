"""The HTTP API at /api/v1/: read operations, and every command through the same `perform` as pages and live connections.

    contract.py   the registry of operations, from which routes, OpenAPI and docs/api.md are generated
    views.py      the types of responses
    reading.py    operations that read; acting.py: operations that change
    door.py       authenticates callers and sends responses
    openapi.py    /api/v1/openapi.json; reference.py: docs/api.md (`python -m server.api` writes it)

Within v1, fields and operations are only ever added.
"""

from server.api.routes import routes

__all__ = ["routes"]
