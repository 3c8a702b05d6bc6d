"""Files as people bring them, and as nobody should. Each is made here, byte by byte."""

import io
import struct
import zipfile
import zlib

from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"


def picture(form: str = "PNG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 107, 98)).save(out, form, **options)
    return out.getvalue()


def pdf(extra: bytes = b"", *, trailer: bytes = b"", tail: bytes = b"\n") -> bytes:
    """A PDF of one empty page; `extra` are further objects."""
    objects = (
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    )
    body = b"%PDF-1.7\n" + objects + extra
    return body + b"trailer << /Root 1 0 R " + trailer + b">>\nstartxref\n%d\n%%%%EOF" % len(body) + tail


def zeros(count: int) -> bytes:
    """So many, compressed: a million, and the same block again and again, which takes no time to make."""
    packer = zlib.compressobj(9)
    first, block = (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + block * (count // 1_000_000 - 1)


def pdf_stream(data: bytes, about: bytes = b"", *, rounds: int = 1, packed: int = 0) -> bytes:
    """An object with a stream, compressed so many times; `packed`: how often it is compressed already."""
    for _ in range(rounds - packed):
        data = zlib.compress(data, 9)
    filters = b"/Filter [" + b" /FlateDecode" * rounds + b" ]" if rounds else b""
    head = b"9 0 obj\n<< %s %s /Length %d >>\nstream\n" % (about, filters, len(data))
    return head + data + b"\nendstream\nendobj\n"


def pixel_bomb(side: int = 60_000) -> bytes:
    """A few kilobytes of PNG that say they are a picture of many gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    row = zlib.compress(b"\0" * 5_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def box(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def mp4(size: int = 2000, brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", b"\0" * 100) + box(b"mdat", b"\x5a" * size)


def webm(doctype: bytes = b"webm") -> bytes:
    inner = b"\x42\x86\x81\x01\x42\x82" + bytes([0x80 | len(doctype)]) + doctype
    return (
        b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(inner)]) + inner + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"
    )


def archive(*names: str, bomb: bool = False) -> bytes:
    """A zip, such as office files are too."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, bytes(50_000_000 if bomb else 10))
    return out.getvalue()


MACRO = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
ZIP_SLIP = archive("../../etc/cron.d/evil", "/absolute")
