"""Reads a form with one large file as a stream: the small fields first, then the file, which is never fully in memory.

web/forms.py reads every other form. Here, too, nothing is accepted before the token among the fields has been checked.
"""

from asyncio import Event
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from rooms.core.errors import Problem
from rooms.core.text import N_
from web.forms import TOKEN, check

MOST_FIELDS = 20
MOST_FIELD_BYTES = 20_000
MOST_HEADER_BYTES = 16_384
"""Maximum size of one header of a part. A long file name is cut later, not refused."""

BROKEN = N_("This form cannot be read.")
CUT_OFF = N_("This form arrived incomplete.")
TOO_MANY = N_("This form has too many fields.")


@dataclass(frozen=True, slots=True)
class FileForm:
    """`name` is the sender's name of the file, "" if they have chosen none. `pieces` can be read once."""

    fields: dict[str, str]
    name: str
    pieces: AsyncIterator[bytes]


@asynccontextmanager
async def receive_file(request: Request) -> AsyncGenerator[FileForm]:
    """Raises Problem "forbidden" without this browser's token, "too_large" for too many fields, "malformed"; `pieces` raise the last two as well."""
    async with aclosing(_events(request)) as events:
        fields: dict[str, str] = {}
        name = ""
        async for part, data in events:
            if part.is_file:
                name = part.file
                break
            if len(fields) >= MOST_FIELDS and part.name not in fields:
                raise Problem("too_large", TOO_MANY)
            if part.name in fields and not data:
                raise Problem("malformed", BROKEN, field=part.name[:40])
            fields[part.name] = fields.get(part.name, "") + data.decode("utf-8", "replace")
            if len(fields[part.name]) > MOST_FIELD_BYTES:
                raise Problem("too_large", TOO_MANY, field=part.name[:40])
        await check(request, fields.pop(TOKEN, ""))
        yield FileForm(fields, name, _content(events))


async def _content(events: "AsyncIterator[tuple[_Part, bytes]]") -> AsyncGenerator[bytes]:
    async for part, data in events:
        if not part.is_file or not data:
            raise Problem("malformed", BROKEN)  # the file is the last part, and there is one
        yield data


class _Part:
    """Collects the headers of a part."""

    def __init__(self) -> None:
        self.is_file = False
        self.name = ""
        self.file = ""
        self._header = b""
        self._value = b""

    def field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self.name = options.get(b"name", b"").decode("utf-8", "replace")
            self.is_file = b"filename" in options
            self.file = options.get(b"filename", b"").decode("utf-8", "replace")
        self._header = self._value = b""


async def _events(request: Request) -> AsyncGenerator[tuple[_Part, bytes]]:
    """Yields each part once without data, at its start, and then with its data, piece by piece."""
    found: deque[tuple[_Part, bytes]] = deque()
    part, ended = _Part(), Event()

    def begin() -> None:
        nonlocal part
        part = _Part()

    _, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        parser = MultipartParser(
            options.get(b"boundary", b""),
            {
                "on_part_begin": begin,
                "on_header_field": lambda data, start, end: part.field(data, start, end),
                "on_header_value": lambda data, start, end: part.value(data, start, end),
                "on_header_end": lambda: part.end(),
                "on_headers_finished": lambda: found.append((part, b"")),
                "on_part_data": lambda data, start, end: found.append((part, data[start:end])),
                "on_end": ended.set,
            },
            max_header_size=MOST_HEADER_BYTES,
        )
        state = request.scope["state"]
        state["body_left"] = True
        while state["body_left"]:
            message = await request.receive()
            if message["type"] != "http.request":
                raise Problem("malformed", CUT_OFF)
            state["body_left"] = message.get("more_body", False)
            parser.write(message.get("body", b""))
            while found:
                yield found.popleft()
        if not ended.is_set():
            raise Problem("malformed", CUT_OFF)
    except FormParserError as fault:
        raise Problem("malformed", BROKEN) from fault


async def drain(request: Request, most: int = 32_000_000) -> None:
    """Reads and discards what a browser is still sending, up to this many bytes: only then does it show the reason for the refusal."""
    state = request.scope["state"]
    with suppress(Problem):
        while state.get("body_left", False) and most > 0:
            message = await request.receive()
            state["body_left"] = message.get("more_body", False)
            most -= len(message.get("body", b""))
