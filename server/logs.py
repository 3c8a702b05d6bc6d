"""Logs on standard error: sentences for people, or a JSON object a line for machines. Each line names the request or connection that it belongs to.

No log line holds names, texts, tickets, cookies or addresses with secrets: people are logged as ids, paths as the patterns of their routes.
"""

import json
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TextIO

TEXT, JSON = "text", "json"
FORMS = (TEXT, JSON)

current: ContextVar[Mapping[str, Any]] = ContextVar("current", default=MappingProxyType({}))
"""Fields of every line that is logged in this context, such as {"request": "…"}."""


def configure(form: str, stream: TextIO | None = None) -> None:
    """Replaces the handlers of the root logger."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == JSON else Sentences())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for library in ("alembic", "aioice"):  # they log every step
        logging.getLogger(library).setLevel(logging.WARNING)


def fields(**given: Any) -> dict[str, Any]:
    """For `extra=`: further fields of a line. None is left out."""
    return {"fields": {name: value for name, value in given.items() if value is not None}}


class Sentences(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return " ".join([super().formatMessage(record), *(f"{name}={value}" for name, value in _known(record).items())])


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_known(record),
        }
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _known(record: logging.LogRecord) -> dict[str, Any]:
    return {**current.get(), **getattr(record, "fields", {})}
