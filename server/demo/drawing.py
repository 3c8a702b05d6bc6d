"""Draws the logos and brochures of the demonstration's exhibitors."""

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

SIDE = 256  # pixels
FINE = 4  # drawn this many times larger, then scaled down smoothly
Point = tuple[float, float]
Colour = tuple[int, int, int]

PAIRS: tuple[tuple[Colour, Colour], ...] = (
    ((10, 107, 98), (240, 170, 60)),
    ((29, 78, 160), (120, 190, 235)),
    ((150, 40, 70), (245, 160, 120)),
    ((60, 60, 130), (160, 140, 230)),
    ((30, 110, 60), (160, 205, 90)),
    ((170, 80, 20), (250, 200, 90)),
    ((20, 90, 120), (90, 210, 200)),
    ((70, 70, 80), (220, 90, 70)),
)


class Sheet:
    """A square from -1 to 1 in both directions, y upwards."""

    def __init__(self) -> None:
        self.size = SIDE * FINE
        self.image = Image.new("RGBA", (self.size, self.size), (255, 255, 255, 0))
        self._draw = ImageDraw.Draw(self.image)

    def _at(self, x: float, y: float) -> Point:
        return (x + 1) / 2 * self.size, (1 - y) / 2 * self.size

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self._draw.ellipse([*self._at(x - radius, y + radius), *self._at(x + radius, y - radius)], fill=colour)

    def shape(self, points: list[Point], colour: Colour) -> None:
        self._draw.polygon([self._at(*point) for point in points], fill=colour)

    def arc(self, radius: float, begin: float, end: float, width: float, colour: Colour) -> None:
        """An arc around the centre, in degrees from the right, clockwise."""
        box = [*self._at(-radius, radius), *self._at(radius, -radius)]
        self._draw.arc(box, begin, end, fill=colour, width=round(width * self.size / 2))

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A rounded rectangle; x and y are its lower left corner."""
        box = [*self._at(x, y + height), *self._at(x + width, y)]
        self._draw.rounded_rectangle(box, radius=min(width, height) * self.size / 4, fill=colour)


def around(count: int, radius: float, turn: float = 0) -> list[Point]:
    angles = [math.tau * number / count + turn for number in range(count)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def _rings(sheet: Sheet, dark: Colour, light: Colour) -> None:
    sheet.arc(0.85, 200, 520, 0.2, dark)
    sheet.arc(0.5, 20, 340, 0.2, light)
    sheet.disc(0, 0, 0.14, dark)


def _sun(sheet: Sheet, dark: Colour, light: Colour) -> None:
    for number, (x, y) in enumerate(around(12, 0.74)):
        sheet.disc(x, y, 0.14 if number % 2 else 0.09, light)
    sheet.disc(0, 0, 0.48, dark)


def _leaf(sheet: Sheet, dark: Colour, light: Colour) -> None:
    curve = [(math.sin(step / 40 * math.pi) * 0.55, step / 20 - 1) for step in range(41)]
    sheet.shape([(x * 0.9, y * 0.85) for x, y in curve], dark)
    sheet.shape([(-x * 0.9, y * 0.85) for x, y in curve], light)


def _lattice(sheet: Sheet, dark: Colour, light: Colour) -> None:
    for number, (x, y) in enumerate([(0.0, 0.0), *around(6, 0.6, math.pi / 6)]):
        hexagon = [(x + dx, y + dy) for dx, dy in around(6, 0.31)]
        sheet.shape(hexagon, dark if number % 2 == 0 else light)


def _bars(sheet: Sheet, dark: Colour, light: Colour) -> None:
    for number, height in enumerate((0.6, 1.1, 1.65, 0.9)):
        sheet.bar(-0.86 + number * 0.45, -0.82, 0.34, height, light if number == 2 else dark)


def _peaks(sheet: Sheet, dark: Colour, light: Colour) -> None:
    sheet.disc(0.42, 0.46, 0.26, light)
    sheet.shape([(-0.92, -0.7), (-0.28, 0.62), (0.36, -0.7)], dark)
    sheet.shape([(0.02, -0.7), (0.46, 0.08), (0.92, -0.7)], light)


def _bridge(sheet: Sheet, dark: Colour, light: Colour) -> None:
    sheet.arc(0.8, 180, 360, 0.18, dark)
    sheet.arc(0.46, 180, 360, 0.18, light)
    sheet.bar(-0.92, -0.3, 1.84, 0.18, dark)
    for x in (-0.6, -0.09, 0.42):
        sheet.bar(x, -0.75, 0.18, 0.4, light)


def _crane(sheet: Sheet, dark: Colour, light: Colour) -> None:
    sheet.shape([(-0.9, 0.1), (0.1, 0.8), (0.0, -0.1)], light)
    sheet.shape([(0.0, -0.1), (0.1, 0.8), (0.9, -0.2)], dark)
    sheet.shape([(-0.4, -0.75), (0.0, -0.1), (0.9, -0.2)], light)


MOTIFS: tuple[Callable[[Sheet, Colour, Colour], None], ...] = (
    _rings,
    _sun,
    _leaf,
    _lattice,
    _bars,
    _peaks,
    _bridge,
    _crane,
)


def mark(number: int) -> bytes:
    """The logo of an exhibitor, as WebP."""
    sheet = Sheet()
    # Neighbours differ in both shape and colours.
    dark, light = PAIRS[(number * 3 + number // 8) % len(PAIRS)]
    MOTIFS[number % len(MOTIFS)](sheet, dark, light)
    out = io.BytesIO()
    sheet.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "WEBP", lossless=True)
    return out.getvalue()


def brochure(number: int, name: str, tagline: str, lines: list[str]) -> bytes:
    """A PDF (ISO 32000) of one page: a band in the exhibitor's colours, and Latin text in a typeface that every reader has."""
    dark, light = PAIRS[(number * 3 + number // 8) % len(PAIRS)]
    page = [
        f"{_colour(dark)} rg 0 642 595 200 re f {_colour(light)} rg 0 632 595 10 re f",
        f"1 1 1 rg BT /B 30 Tf 56 740 Td ({_text(name)}) Tj ET",
        f"BT /R 15 Tf 56 708 Td ({_text(tagline)}) Tj ET",
        f"{_colour((40, 45, 50))} rg",
    ]
    page += [f"BT /R 12 Tf 56 {580 - 22 * at} Td ({_text(line)}) Tj ET" for at, line in enumerate(lines)]
    content = "\n".join(page).encode("latin-1", "replace")
    face = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        (face % "Helvetica").encode(),
        (face % "Helvetica-Bold").encode(),
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), [0]
    out.seek(0, io.SEEK_END)
    for at, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (at, body))
    begin = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(places))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places[1:]))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places), begin))
    return out.getvalue()


def _colour(colour: Colour) -> str:
    return " ".join(f"{part / 255:.3f}" for part in colour)


def _text(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
