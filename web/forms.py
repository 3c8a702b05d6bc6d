"""Reads posted forms. This is the only way to read one, so that the token check cannot be forgotten."""

import hmac
import re

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from rooms.core.errors import Problem
from rooms.core.files.store import disk_faults
from rooms.core.text import N_
from web.hostile import LONGEST_NUMBER
from web.viewer import viewer_of

MOST_FIELDS = 200
MOST_FILES = 4
TOKEN = "csrf"
TOKEN_HEADER = "x-csrf-token"

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


async def read_form(request: Request) -> FormData:
    """The fields of a posted form. Raises Problem "forbidden" without this browser's token, "too_large" for too many fields, "malformed", "no_space"."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise Problem("forbidden", N_("This form did not come from this site."))
    try:
        with disk_faults():  # larger files are stored on disk while they arrive
            form = await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
    except HTTPException as fault:
        if "Too many" in fault.detail or "exceeded" in fault.detail:
            raise Problem("too_large", N_("This form has too many fields.")) from fault
        raise Problem("malformed", N_("This form cannot be read.")) from fault
    except ClientDisconnect as fault:
        raise Problem("malformed", N_("This form arrived incomplete.")) from fault
    await check(request, _text(form, TOKEN))
    return form


async def check_token(request: Request) -> None:
    """Checks a request by a script without a form: the token is in a header. Raises Problem "forbidden"."""
    await check(request, request.headers.get(TOKEN_HEADER, ""))


async def check(request: Request, token: str) -> None:
    """Raises Problem "forbidden" for a token that does not belong to this browser."""
    viewer = await viewer_of(request)
    if not hmac.compare_digest(token.encode(), viewer.csrf.encode()):
        text = N_("This page is out of date because you have signed in or out. Send the form again.")
        raise Problem("forbidden", text, field=TOKEN)


def text(form: FormData, name: str, default: str = "") -> str:
    """A text field; `default` if it is missing. Raises Problem "malformed" for a file in its place or a field given twice."""
    values = form.getlist(name)
    if not values:
        return default
    if len(values) > 1 or not isinstance(values[0], str):
        raise Problem("malformed", N_("This form cannot be read."), field=name)
    return values[0]


def several(form: FormData, name: str) -> list[str]:
    """What was chosen of several, also where it was typed with commas between."""
    given = [part for part in form.getlist(name) if isinstance(part, str)]
    return [part.strip() for each in given for part in each.split(",") if part.strip()]


def number(form: FormData, name: str) -> int:
    """Raises Problem "invalid"."""
    return whole(text(form, name), name)


def whole(given: str, field: str) -> int:
    """A typed whole number of up to six digits. Raises Problem "invalid"."""
    found = _digits(given.strip(), 6)
    if found is None:
        raise Problem("invalid", N_("Enter a whole number."), field=field)
    return found


def asked_number(request: Request, name: str) -> int | None:
    """A number in the address, such as a page number; None if it is missing or invalid."""
    return _digits(request.query_params.get(name, ""), LONGEST_NUMBER)


def _digits(given: str, most: int) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) <= most else None


def upload(form: FormData, name: str) -> UploadFile | None:
    """A file field; None if no file was chosen."""
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def local_path(text: str | None, default: str = "/") -> str:
    """The path on this site to redirect to. Raises Problem "malformed" for anything that could lead elsewhere."""
    if not text:
        return default
    if len(text) > 500 or not _LOCAL.fullmatch(text):
        raise Problem("malformed", N_("This form would lead to another site."), field="next")
    return text
