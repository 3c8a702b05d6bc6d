"""Exhibitors in files of tables, and the reading of them."""

import io
from typing import Any

from openpyxl import Workbook

from rooms.exhibition.imports.importing import read_exhibitors

TABLE = """id,name,hall,number,tier,tagline,country,languages,owner,name:zh_Hans
A-1,Aurora AB,Hall 2,B7,partner,Sleep well,se,"sv, en",other@example.org,极光
A-2,Zenit,Hall 1,C1,,,,,nobody@example.org,
"""


def book(table: str = TABLE) -> bytes:
    made = Workbook()
    for row in (line.split(",") for line in table.replace('"sv, en"', "sv; en").splitlines()):
        made.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


async def read(data: bytes | str) -> Any:
    return (await read_exhibitors(data.encode() if isinstance(data, str) else data))[0]
