"""One error shape everywhere, HTTP and WebSocket alike, and one table of what each code means to a caller."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec


class Meaning(NamedTuple):
    """What a code means to a caller: the HTTP status, the close code if it ends a connection, and whether a retry can help."""

    status: int
    close: int | None
    retryable: bool


CODES: dict[str, Meaning] = {
    "malformed": Meaning(400, 4400, False),
    "unknown_op": Meaning(400, 4400, False),
    "not_signed_in": Meaning(401, 4401, False),
    "forbidden": Meaning(403, 4403, False),
    "unverified": Meaning(403, None, False),
    "silenced": Meaning(403, None, True),
    "not_found": Meaning(404, None, False),
    "not_allowed": Meaning(405, None, False),
    "no_hello": Meaning(408, 4408, True),
    "stale": Meaning(409, None, False),
    "conflict": Meaning(409, None, False),
    "closed": Meaning(409, None, False),
    "replaced": Meaning(409, 4409, False),
    "expired": Meaning(410, None, False),
    "too_large": Meaning(413, 1009, False),
    "invalid": Meaning(422, None, False),
    "key_reused": Meaning(422, None, False),
    "version": Meaning(426, 4426, False),
    "rate_limited": Meaning(429, 4529, True),
    "internal": Meaning(500, 4500, True),
    "draining": Meaning(503, 4501, True),
    "too_slow": Meaning(503, 4508, True),
    "zombie": Meaning(503, 4509, True),
    "unavailable": Meaning(503, None, True),
    "no_space": Meaning(507, None, True),
}


class ProblemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem on the wire: `retry_after` in seconds, `present` the current state that a refused write did not know."""

    code: str
    message: str
    field: str | None = None
    retry_after: float | None = None
    present: Any = None


def moment_text(at: datetime) -> str:
    """“2026-11-21, 09:00 (Asia/Shanghai)”: for readers whose language is not known."""
    return f"{at:%Y-%m-%d, %H:%M} ({at.tzinfo})"


class Problem(Exception):
    """A refusal that tells the caller what happened and what to do.

    `message` is a translatable text with `%(name)s` placeholders that `values` fill; a moment among them is in the zone to show. `field` names the part
    of the input at fault; `retry_after` is in seconds; `present` is the current state of something that the caller knew in an older state.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        retry_after: float | None = None,
        present: Any = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        if code not in CODES:
            raise LookupError(f"no such code: {code}")
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.present = present
        self.values = dict(values or {})

    @property
    def meaning(self) -> Meaning:
        return CODES[self.code]

    def view(
        self, translate: Callable[[str], str] = str, written: Callable[[datetime], str] = moment_text
    ) -> ProblemView:
        """The problem in a language. `written` gives the moments in it."""
        text = translate(self.message)
        if self.values:
            text %= {name: written(each) if isinstance(each, datetime) else each for name, each in self.values.items()}
        return ProblemView(self.code, text, self.field, self.retry_after, self.present)

    def __str__(self) -> str:
        return self.view().message
