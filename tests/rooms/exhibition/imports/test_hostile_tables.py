"""Tables that are too large, no tables, or made to do harm."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from rooms.core.imports.table_file import MOST_COLUMNS, MOST_ROWS, UNFOLDED, read_table
from rooms.exhibition.imports.columns import EXHIBITOR_COLUMNS, ExhibitorFaults
from tests.support.exhibitor_tables import book, read
from tests.support.refusals import refused


async def test_too_many_rows_columns_and_characters_are_refused() -> None:
    with refused("too_large"):
        await read("name\n" + "A\n" * (MOST_ROWS + 1))
    with refused("too_large"):
        await read("name," + "," * MOST_COLUMNS)
    with refused("invalid"):
        await read("name\n" + "A" * 10_001)
    with refused("too_large"):
        await read_table(b"name\n" + b"A" * 5 * 1024 * 1024, EXHIBITOR_COLUMNS)
    sparse = Workbook()
    sparse.active.cell(1_048_576, 1, "far away")
    file = io.BytesIO()
    sparse.save(file)
    with refused("too_large"):
        await read_table(file.getvalue(), EXHIBITOR_COLUMNS)


@pytest.mark.parametrize("data", [b'name\n"A', b"name\n\x00\xff", b"PK\x03\x04 no book at all", b"%PDF-1.7", b"{}"])
async def test_what_is_no_table_is_refused(data: bytes) -> None:
    with refused("invalid"):
        await read(data)


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


async def test_a_bomb_is_not_unfolded() -> None:
    parts = unpacked(book())
    data = packed({**parts, "xl/sharedStrings.xml": b" " * (UNFOLDED + 1)})
    assert len(data) < 200_000, "it looks harmless"
    with refused("too_large"):
        await read_table(data, EXHIBITOR_COLUMNS)


async def test_one_long_text_in_every_cell_is_not_multiplied() -> None:
    made = Workbook()
    for _ in range(1000):
        made.active.append(["A" * 9000] * 10)
    file = io.BytesIO()
    made.save(file)
    assert len(file.getvalue()) < 200_000
    with refused("too_large"):
        await read_table(file.getvalue(), EXHIBITOR_COLUMNS)


async def test_entities_in_a_book_are_refused() -> None:
    parts = unpacked(book())
    sheet = parts["xl/worksheets/sheet1.xml"].partition(b"?>")[2] or parts["xl/worksheets/sheet1.xml"]
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + sheet
    with refused("invalid"):
        await read_table(packed({**parts, "xl/worksheets/sheet1.xml": evil}), EXHIBITOR_COLUMNS)


async def test_a_formula_gives_its_text_and_runs_nothing() -> None:
    made = Workbook()
    for row in (["name", "hall"], ["=1+1", "Hall 1"]):
        made.active.append(row)
    file = io.BytesIO()
    made.save(file)
    with pytest.raises(ExhibitorFaults):  # a formula without a kept result is an empty cell
        await read(file.getvalue())
