"""Addresses as pictures that a telephone reads (QR codes, ISO/IEC 18004), drawn on the server as SVG."""

import io

import segno
from markupsafe import Markup

QUIET = 4
"""Modules of light around a code, without which readers do not find it."""
WIDTH = 100
"""Millimetres of the file, when it is printed as it is."""

_COLOURS = {"dark": "#000", "light": "#fff"}
"""Whatever those of the page are: many readers take a code in no other way."""


def qr_code(address: str) -> Markup:
    """To stand in a page, as large as its place."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(border=QUIET, omitsize=True, svgclass="qr", lineclass=None, **_COLOURS))


def qr_file(address: str) -> bytes:
    code, out = segno.make_qr(address, error="m"), io.BytesIO()
    scale = WIDTH / code.symbol_size(border=QUIET)[0]
    code.save(out, kind="svg", scale=scale, unit="mm", border=QUIET, svgclass=None, lineclass=None, **_COLOURS)
    return out.getvalue()
