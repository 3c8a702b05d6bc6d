"""Inspects one untrusted file in a process of its own: python -I inspector.py KIND PATH OUTPUT.

Started as a script by inspection.py, so nothing of Plenary is loaded beside the file. Limits its own memory, time and output first.
Prints one line of JSON: {"ending": "pdf", "made": false}, where `made` means that OUTPUT is to be kept instead of the file; or
{"refused": a key of inspection.REFUSED}.
"""

import contextlib
import json
import re
import resource
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import pikepdf

MEMORY = 1 << 30  # bytes
SECONDS = 20  # of the processor
OUTPUT = 32 << 20  # bytes
PIXELS = 50_000_000
UNFOLDED = 512 << 20
"""Bytes to which all compressed parts of a PDF may unfold together."""
ROUNDS = 2
"""How often one part of a PDF may be compressed."""
BOXES = 20_000

LOGO_SIDE = 512  # pixels
PICTURE_SIDE = 4096


class FileRefused(Exception):
    """Carries a key of inspection.REFUSED."""


def main(kind: str, path: str, output: str) -> dict[str, object]:
    bound()
    try:
        with Path(path).open("rb") as file:
            head = file.read(64)
            if kind == "film":
                return {"ending": film(file, head), "made": False}
            if kind in ("brochure", "document", "cv") and head.startswith(b"%PDF-"):
                pdf(file)
                return {"ending": "pdf", "made": False}
            if kind == "cv":
                raise FileRefused(unknown(head))
            return {"ending": picture(file, head, kind, Path(output)), "made": True}
    except FileRefused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "bomb"}


def bound() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system may know a limit and not let it be set
            resource.setrlimit(what, (most, most))


# Pictures: drawn again from their pixels, so that nothing else in the file reaches anybody


def picture(file: BinaryIO, head: bytes, kind: str, output: Path) -> str:
    """Returns the ending of what was made: webp for a logo, else png or jpg."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        form = "PNG"
    elif head.startswith(b"\xff\xd8\xff"):
        form = "JPEG"
    elif head.startswith(b"RIFF") and head[8:12] == b"WEBP" and kind == "logo":
        form = "WEBP"
    else:
        raise FileRefused(unknown(head))
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limit below applies before anything is decoded, and without a warning
    file.seek(0)
    try:
        with Image.open(file, formats=[form]) as opened:
            if opened.width * opened.height > PIXELS:
                raise FileRefused("bomb")
            side = LOGO_SIDE if kind == "logo" else PICTURE_SIDE
            opened.draft("RGB", (side, side))  # a large JPEG is decoded at about the size that is needed
            made = ImageOps.exif_transpose(opened).convert("RGB" if form == "JPEG" else "RGBA")
    except (FileRefused, MemoryError):
        raise
    except Exception as fault:  # broken bytes can make Pillow raise anything
        raise FileRefused("broken") from fault
    made.thumbnail((side, side), Image.Resampling.LANCZOS)
    made.info.clear()
    try:
        if kind == "logo":
            made.save(output, "WEBP", quality=92, method=6)
            return "webp"
        made.save(output, form, quality=90, optimize=True)
    except OSError as fault:
        raise FileRefused("full") from fault
    return {"PNG": "png", "JPEG": "jpg"}[form]


def unknown(head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "office"
    return "unknown"


# PDF: parsed by qpdf, so that nothing hides behind its syntax; searched for what acts by itself or unfolds without end

_ACTS = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"}
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_STREAM = re.compile(rb"stream[\r\n].*?endstream", re.DOTALL)
_DOUBT = re.compile(r"stream (keyword|length|data)|endstream")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_FLATE = {"/FlateDecode", "/Fl"}


def pdf(file: BinaryIO) -> None:
    file.seek(0)
    data = file.read()
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n\t \x00") or b"PK\x05\x06" in data[-70_000:]:
        raise FileRefused("broken")  # what follows the end is no part of a PDF
    # A viewer that repairs a file may find objects that no table lists.
    refuse_acts(_STREAM.sub(b" ", data))
    import pikepdf

    try:
        with pikepdf.open(file, suppress_warnings=True) as opened:
            if opened.is_encrypted:
                raise FileRefused("locked")
            refuse_acts_in(opened)
            # Where it is in doubt where a stream ends, another viewer may find other objects.
            if any(_DOUBT.search(str(warning)) for warning in opened.get_warnings()):
                raise FileRefused("broken")
    except pikepdf.PasswordError as fault:
        raise FileRefused("locked") from fault
    except (FileRefused, MemoryError):
        raise
    except Exception as fault:  # a broken file can make its reader raise anything
        raise FileRefused("broken") from fault


def refuse_acts_in(opened: "pikepdf.Pdf") -> None:
    """Refuses names of acts in any object, however they are written, and streams that unfold without end."""
    import pikepdf

    budget = UNFOLDED
    pending: list[Any] = [opened.trailer, *opened.objects]
    while pending:
        found = pending.pop()
        if isinstance(found, pikepdf.Name) and str(found) in _ACTS:
            raise FileRefused("active")
        if isinstance(found, pikepdf.Stream):
            budget -= weigh(found, budget)
        if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            if _ACTS & set(found.keys()):
                raise FileRefused("active")
            values: list[Any] = [value for _, value in found.items()]
        else:
            values = list(found) if isinstance(found, pikepdf.Array) else []
        # Indirect objects are in the list themselves.
        pending += [value for value in values if isinstance(value, pikepdf.Object) and not value.is_indirect]


def weigh(stream: "pikepdf.Stream", budget: int) -> int:
    """The bytes to which a stream unfolds, at most `budget`. What is packed as objects in it is searched for acts."""
    filters = names_of(stream.get("/Filter")) + names_of(stream.get("/F"))
    rounds = sum(name in _FLATE for name in filters)
    if rounds > ROUNDS:
        raise FileRefused("bomb")
    objects = "/ObjStm" in names_of(stream.get("/Type"))
    if objects and (rounds > 1 or len(filters) > rounds):
        raise FileRefused("active")  # objects in a wrapping that nothing uses but to hide them
    length = 0
    kept: list[bytes] = []
    for piece in unfolded(memoryview(stream.read_raw_bytes()), rounds):
        length += len(piece)
        if length > budget:
            raise FileRefused("bomb")
        if objects:
            kept.append(piece)
    refuse_acts(b"".join(kept))
    return length


def names_of(value: Any) -> list[str]:
    """A name, or the names in an array; each may be an indirect object."""
    import pikepdf

    values = list(value) if isinstance(value, pikepdf.Array) else [value]
    return [str(each) for each in values if isinstance(each, pikepdf.Name)]


def refuse_acts(text: bytes) -> None:
    text = plain(text)
    if _ACTIVE.search(text):
        raise FileRefused("active")
    if b"/Encrypt" in text:
        raise FileRefused("locked")


def plain(text: bytes) -> bytes:
    """Names without their escapes: /J#53 is /JS."""
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), text) if b"#" in text else text


def unfolded(data: memoryview, rounds: int) -> Iterator[bytes]:
    if rounds == 0:
        yield bytes(data)
        return
    pieces: Iterator[bytes] = inflated(data[at : at + 65536] for at in range(0, len(data), 65536))
    for _ in range(rounds - 1):
        pieces = inflated(pieces)
    yield from pieces


def inflated(pieces: "Iterator[bytes] | Iterator[memoryview]") -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    with contextlib.suppress(zlib.error):  # a viewer shows as much as can be read
        for piece in pieces:
            rest: bytes | memoryview = piece
            while len(rest) and not inflate.eof:
                yield inflate.decompress(rest, 1 << 20)
                rest = inflate.unconsumed_tail


# Films: the outermost boxes alone; the rest is left to the player of a browser, which is sandboxed too

_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV"}


def film(file: BinaryIO, head: bytes) -> str:
    size = file.seek(0, 2)
    if head[4:8] == b"ftyp":
        mp4(file, size)
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        webm(file)
        return "webm"
    raise FileRefused(unknown(head))


def mp4(file: BinaryIO, size: int) -> None:
    """ISO/IEC 14496-12: boxes, one after another, that fill the whole file."""
    seen: set[bytes] = set()
    at = 0
    for _ in range(BOXES):
        if at == size:
            break
        file.seek(at)
        head = file.read(16)
        length, name = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16])
        elif length == 0:
            length = size - at
        if len(head) < 8 or length < 8 or at + length > size or not name.isascii():
            raise FileRefused("broken")
        if at == 0:
            file.seek(8)
            brands = file.read(min(length - 8, 256))
            if not {brands[:4], *(brands[each : each + 4] for each in range(8, len(brands), 4))} & _BRANDS:
                raise FileRefused("unknown")
        seen.add(name)
        at += length
    if at != size or b"moov" not in seen or not seen & {b"mdat", b"moof"}:
        raise FileRefused("broken")


def webm(file: BinaryIO) -> None:
    """RFC 8794: an EBML header of the type "webm", then a segment."""
    file.seek(4)
    length = number(file)
    if not 0 < length < 4096:
        raise FileRefused("broken")
    header = file.read(length)
    if b"\x42\x82\x84webm" not in header:  # DocType, four letters
        raise FileRefused("unknown")
    if file.read(4) != b"\x18\x53\x80\x67":
        raise FileRefused("broken")


def number(file: BinaryIO) -> int:
    """A variable-size number of EBML: the leading zeros of its first byte count the bytes that follow."""
    first = file.read(1)
    if not first or not first[0]:
        raise FileRefused("broken")
    further = 8 - first[0].bit_length()
    return int.from_bytes(bytes([first[0] & (0x7F >> further)]) + file.read(further))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))
