"""Addresses as QR codes (ISO/IEC 18004), drawn on the server as SVG."""

import io

import segno
from markupsafe import Markup

QUIET = 4
"""Light modules around a code (the quiet zone), which readers need to find it."""
WIDTH = 100
"""The printed size of the file in millimetres."""

_COLOURS = {"dark": "#000", "light": "#fff"}
"""Fixed colours, independent of the page, because many readers need dark on light."""


def qr_code(address: str) -> Markup:
    """An SVG for embedding, which fills the available space."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(border=QUIET, omitsize=True, svgclass="qr", lineclass=None, **_COLOURS))


def qr_file(address: str) -> bytes:
    code, out = segno.make_qr(address, error="m"), io.BytesIO()
    scale = WIDTH / code.symbol_size(border=QUIET)[0]
    code.save(out, kind="svg", scale=scale, unit="mm", border=QUIET, svgclass=None, lineclass=None, **_COLOURS)
    return out.getvalue()
