"""Recognises a file by its content alone, whatever its name says. A separate process inspects it (rooms/core/files/inspector.py)."""

from enum import StrEnum
from pathlib import Path

import msgspec

from rooms.core.errors import Problem
from rooms.core.files.store import NO_SPACE
from rooms.core.sandbox import run_sandboxed
from rooms.core.text import N_


class Content(StrEnum):
    """The kinds of files: a small picture with transparency; a PDF or a picture, shown to visitors or kept for some readers; a PDF of a person; a film."""

    LOGO = "logo"
    BROCHURE = "brochure"
    DOCUMENT = "document"
    CV = "cv"
    FILM = "film"


SCRIPT = Path(__file__).with_name("inspector.py")

BROKEN = N_("This file is damaged, or its content does not match its type. Save it again and upload it again.")
REFUSED = {
    "broken": BROKEN,
    "bomb": N_("This file expands to far more than its size, so it is not accepted."),
    "active": N_("This PDF contains scripts, programs or other files. Print it to a new PDF and upload that."),
    "locked": N_("This PDF is protected by a password, so it cannot be checked. Save it without one."),
    "office": N_("Office files and archives are not accepted, because they can contain programs. Save it as a PDF."),
}
TAKEN = {
    Content.LOGO: N_("A logo is a PNG, JPEG or WebP picture."),
    Content.BROCHURE: N_("A brochure is a PDF, or a PNG or JPEG picture."),
    Content.DOCUMENT: N_("A document is a PDF, or a PNG or JPEG picture."),
    Content.CV: N_("A CV is a PDF."),
    Content.FILM: N_("A video is an MP4 or WebM file."),
}


class Inspection(msgspec.Struct):
    """`ending` fits the content. `made`: a new file under the second path is to be kept instead. `refused` is a key of REFUSED."""

    ending: str = ""
    made: bool = False
    refused: str = ""


async def inspect(content: Content, path: Path, output: Path) -> Inspection:
    """Raises Problem "invalid" for a file that is not of this kind or exceeds the limits, "no_space"."""
    seen = await _inspect(content, path, output)
    if seen.refused == "full":
        raise Problem("no_space", NO_SPACE, retry_after=600)
    if seen.refused:
        raise Problem("invalid", REFUSED.get(seen.refused, TAKEN[content]), field="file")
    return seen


async def _inspect(content: Content, path: Path, output: Path) -> Inspection:
    printed = await run_sandboxed(SCRIPT, content.value, str(path), str(output))
    return Inspection(refused="bomb") if printed is None else msgspec.json.decode(printed, type=Inspection)
