"""What a file is taken for, by its content alone (S41, S42)."""

import io
import resource
from pathlib import Path

import pytest
from PIL import Image

from rooms.core.files.inspection import Content, inspect
from tests.support import files as made
from tests.support.refusals import refused

LOGO, BROCHURE, FILM = Content.LOGO, Content.BROCHURE, Content.FILM


async def look(folder: Path, kind: Content, data: bytes) -> tuple[str, bytes | None]:
    """The ending, and the re-encoded file, if it was re-encoded."""
    given, output = folder / "given", folder / "output"
    given.write_bytes(data)
    seen = await inspect(kind, given, output)
    return seen.ending, output.read_bytes() if seen.made else None


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_logo_is_re_encoded_and_small(tmp_path: Path, form: str) -> None:
    ending, output = await look(tmp_path, LOGO, made.picture(form, (2000, 1000)))
    assert ending == "webp"
    with Image.open(io.BytesIO(output)) as logo:
        assert (logo.format, logo.size) == ("WEBP", (512, 256))


async def test_hidden_data_is_gone_from_a_re_encoded_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.5 N 13.4 E"
    for kind in (LOGO, BROCHURE):
        for form, ending in (("PNG", "png"), ("JPEG", "jpg")):
            given = made.picture(form, exif=exif, comment=b"<script>alert(1)</script>") + made.HTML + made.archive("x")
            assert b"<script>" in given
            assert b"52.5 N" in given
            found, output = await look(tmp_path, kind, given)
            assert found == ("webp" if kind is LOGO else ending)
            assert output is not None
            assert not any(part in output for part in (b"<script>", b"52.5 N", b"PK\x03\x04"))


@pytest.mark.parametrize(
    ("kind", "data", "ending"),
    [
        (BROCHURE, made.pdf(), "pdf"),
        (BROCHURE, made.pdf(made.pdf_stream(b"BT (Lamps) Tj ET")), "pdf"),
        (BROCHURE, made.pdf(made.pdf_stream(b"1 0 << /Type /Font >>", b"/Type /ObjStm /N 1 /First 4")), "pdf"),
        (BROCHURE, made.pdf(b"9 0 obj << /S /URI /URI (https://lumen.example) >> endobj\n"), "pdf"),
        (FILM, made.mp4(), "mp4"),
        (FILM, made.webm(), "webm"),
    ],
)
async def test_what_is_in_order_is_kept_as_it_came(tmp_path: Path, kind: Content, data: bytes, ending: str) -> None:
    assert await look(tmp_path, kind, data) == (ending, None)


PACKED = b"1 0 << /S /JavaScript /JS (app.alert) >>"
INDIRECT_FILTER = (
    made.pdf_stream(PACKED, b"/Type /ObjStm /N 1 /First 4").replace(b"/Filter [ /FlateDecode ]", b"/Filter 10 0 R")
    + b"10 0 obj\n/FlateDecode\nendobj\n"
)
INDIRECT_TYPE = made.pdf_stream(PACKED, b"/Type 11 0 R /N 1 /First 4") + b"11 0 obj\n/ObjStm\nendobj\n"
FAKE_END = made.pdf_stream(b"x\nendstream\n" + PACKED, rounds=0) + made.pdf_stream(
    b"endstream " + PACKED, b"/Type /ObjStm /N 1 /First 14"
)
CARRIAGE_RETURN = made.pdf_stream(PACKED, b"/Type /ObjStm /N 1 /First 4").replace(b"stream\n", b"stream\r", 1)
IN_A_STRING = (
    b"8 0 obj\n(stream\n)\nendobj\n9 0 obj\n<< /S /JavaScript /JS (x) >>\nendobj\n12 0 obj\n(endstream)\nendobj\n"
)
INDIRECT_NAME = b"9 0 obj << /S 10 0 R /J 1 >> endobj\n10 0 obj\n/Java#53cript\nendobj\n"
HIDDEN = made.pdf_stream(b"1 0 << /S /JavaScript /JS (app.alert) >>", b"/Type /ObjStm /N 1 /First 4")
WRONG = {
    "an SVG": (LOGO, made.SVG, "picture"),
    "HTML": (BROCHURE, made.HTML, "brochure is"),
    "EICAR": (BROCHURE, made.EICAR, "brochure is"),
    "a document with macros": (BROCHURE, made.MACRO, "Office files"),
    "an old document": (BROCHURE, made.OLD_OFFICE, "Office files"),
    "an archive that climbs out": (BROCHURE, made.ZIP_SLIP, "Office files"),
    "a PDF as a logo": (LOGO, made.pdf(), "picture"),
    "a film as a brochure": (BROCHURE, made.mp4(), "brochure is"),
    "HTML as a film": (FILM, made.HTML, "video is"),
    "a picture cut in half": (LOGO, made.picture(size=(600, 600))[:-600], "damaged"),
    "a PDF after some HTML": (BROCHURE, made.HTML + made.pdf(), "brochure is"),
    "a PDF that is a zip too": (BROCHURE, made.pdf(tail=made.archive("x")), "damaged"),
    "a PDF that is a zip too, ending as one": (BROCHURE, made.pdf() + made.archive("x") + b"%%EOF", "damaged"),
    "a PDF with a script": (BROCHURE, made.pdf(b"9 0 obj << /S /JavaScript /JS (x) >> endobj\n"), "scripts"),
    "a PDF with a script under another name": (BROCHURE, made.pdf(b"9 0 obj << /J#53 (x) >> endobj\n"), "scripts"),
    "a PDF with a script among packed objects": (BROCHURE, made.pdf(HIDDEN), "scripts"),
    "a PDF with a script among objects packed by a filter elsewhere": (BROCHURE, made.pdf(INDIRECT_FILTER), "scripts"),
    "a PDF with a script among objects of a type elsewhere": (BROCHURE, made.pdf(INDIRECT_TYPE), "scripts"),
    "a PDF with a script behind an end that is none": (BROCHURE, made.pdf(FAKE_END), "scripts|damaged"),
    "a PDF with a script in a stream after a carriage return": (BROCHURE, made.pdf(CARRIAGE_RETURN), "scripts|damaged"),
    "a PDF with a script in a string that hides a stream": (BROCHURE, made.pdf(IN_A_STRING), "scripts"),
    "a PDF with a script under a name in another object": (BROCHURE, made.pdf(INDIRECT_NAME), "scripts"),
    "a PDF that starts a program": (BROCHURE, made.pdf(b"9 0 obj << /S /Launch /F (cmd) >> endobj\n"), "scripts"),
    "a PDF with a file in it": (BROCHURE, made.pdf(b"9 0 obj << /Type /EmbeddedFile >> endobj\n"), "scripts"),
    "a PDF with a password": (BROCHURE, made.pdf(trailer=b"/Encrypt 9 0 R "), "password"),
    "an MP4 that is cut off": (FILM, made.mp4()[:-5], "damaged"),
    "an MP4 without pictures": (FILM, made.box(b"ftyp", b"isom\0\0\2\0") + made.box(b"free"), "damaged"),
    "an MP4 of another brand": (FILM, made.mp4(brand=b"evil"), "video is"),
    "a Matroska": (FILM, made.webm(b"matroska"), "video is"),
    "nothing": (FILM, b"", "video is"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_none_of_its_kind_is_refused(tmp_path: Path, name: str) -> None:
    kind, data, words = WRONG[name]
    with refused("invalid") as refusal:
        await look(tmp_path, kind, data)
    assert any(each in str(refusal.problem) for each in words.split("|"))


BOMBS = {
    "pixels": (LOGO, made.pixel_bomb()),
    "pixels of a brochure": (BROCHURE, made.pixel_bomb()),
    "a PDF": (BROCHURE, made.pdf(made.pdf_stream(made.zeros(600_000_000), b"/Subtype /Image", packed=1))),
    "a PDF packed twice": (BROCHURE, made.pdf(made.pdf_stream(made.zeros(600_000_000), rounds=2, packed=1))),
    "a PDF packed four times": (BROCHURE, made.pdf(made.pdf_stream(b"\0" * 1_000_000, rounds=4))),
    "a zip": (BROCHURE, made.archive("a", bomb=True)),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_does_not_go_off(tmp_path: Path, name: str) -> None:
    kind, data = BOMBS[name]
    assert len(data) < 20_000_000, "it is small enough to be taken in"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with refused("invalid"):
        await look(tmp_path, kind, data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "the server itself holds nothing of it"
