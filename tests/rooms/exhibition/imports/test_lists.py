"""Exhibitor lists as people have them: encodings, headers in many languages, and what spreadsheets make of cells."""

import io
import time
from pathlib import Path

import pytest
from openpyxl import Workbook

from rooms.core.files.faults import Notes
from rooms.core.imports.places import country_code, language_tag
from rooms.exhibition.imports.columns import ExhibitorFaults
from rooms.exhibition.imports.importing import read_exhibitors
from rooms.exhibition.imports.parsing import ExhibitorRow

SAMPLES = Path(__file__).parents[3] / "fixtures/imports"


async def read(data: bytes | str) -> tuple[list[ExhibitorRow], Notes]:
    return await read_exhibitors(data.encode() if isinstance(data, str) else data)


async def sample(name: str) -> tuple[list[ExhibitorRow], list[str]]:
    listed, notes = await read((SAMPLES / name).read_bytes())
    assert notes.left_out == ()
    return listed, [fault.text() for fault in notes.warnings]


def book(*rows: list[object]) -> Workbook:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    return made


def saved(made: Workbook) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


async def test_windows_1252() -> None:
    (first, second), warnings = await sample("ex-b-semicolon-cp1252.csv")
    assert (first.name, second.name) == ("Müller & Söhne GmbH", "Lódz Tech")
    assert "not in UTF-8. It was read as cp125" in warnings[0]
    assert "words such as “Müller” are right" in warnings[0]


async def test_utf_16() -> None:
    listed, warnings = await sample("ex-c-utf16le-tab.csv")
    assert [each.name for each in listed] == ["Müller & Söhne GmbH", "Łódź Tech"]
    assert warnings == []
    for encoding in ("utf-16-le", "utf-16-be"):
        listed, _ = await read("name,hall\r\nŁódź Tech,Halle 1\r\n".encode(encoding))
        assert [each.name for each in listed] == ["Łódź Tech"]


@pytest.mark.parametrize(
    ("encoding", "table", "name"),
    [
        ("gb18030", "公司名称,展馆,国家\n华为技术有限公司,1号馆,中国\n", "华为技术有限公司"),
        ("big5", "公司名稱,展館,國家\n台灣積體電路股份有限公司,1館,TW\n", "台灣積體電路股份有限公司"),
        ("shift_jis", "会社名,ホール,国\n株式会社トヨタ,ホール1,日本\n", "株式会社トヨタ"),
        ("cp1251", "Название;Зал;Страна\nООО Ромашка;Зал 1;Россия\n", "ООО Ромашка"),
    ],
)
async def test_other_encodings(encoding: str, table: str, name: str) -> None:
    (each,), notes = await read(table.encode(encoding))
    assert each.name == name
    assert each.placed["hall"]
    assert len(str(each.said["country"])) == 2
    assert notes.warnings[0].values["encoding"] == encoding


async def test_the_line_by_which_excel_names_its_separator() -> None:
    listed, _ = await sample("ex-e-sep-line.csv")
    assert [(each.row, each.name) for each in listed] == [(3, "Müller & Söhne GmbH"), (4, "Łódź Tech")]


async def test_german_headers() -> None:
    (each,), warnings = await sample("ex-f-german-headers.csv")
    assert each.said == {"name": "Müller GmbH", "website": "https://www.mueller.example", "country": "DE"}
    assert each.placed == {"hall": "Halle 1", "number": "A12"}
    assert warnings == []


async def test_french_headers() -> None:
    (each,), warnings = await sample("ex-h-french-headers.csv")
    assert each.said == {"name": "Société Générale d'Études", "website": "", "country": "FR"}
    assert warnings == []


async def test_chinese_headers() -> None:
    (each,), _ = await read("公司名称,展馆,展位号,国家/地区,网址\n华为,1号馆,A12,中国,www.huawei.example\n")
    assert each.said == {"name": "华为", "website": "https://www.huawei.example", "country": "CN"}
    assert each.placed == {"hall": "1号馆", "number": "A12"}


async def test_columns_that_are_not_known_are_ignored() -> None:
    (each,), (warning,) = await sample("ex-i-extra-columns.csv")
    assert each.name == "Alpha Ltd"
    assert "These columns are ignored: “Phone”, “Contact person”, “Paid?”." in warning


async def test_names_of_countries() -> None:
    listed, warnings = await sample("ex-j-country-names.csv")
    assert [each.said["country"] for each in listed] == ["DE", "CN", "DE"]
    assert warnings == []
    names = (
        "Allemagne",
        "Österreich",
        "中国",
        "UK",
        "U.S.A.",
        "Czech Republic",
        "Turkey",
        "South Korea",
        "de",
        "Atlantis",
    )
    codes = ["DE", "AT", "CN", "GB", "US", "CZ", "TR", "KR", "DE", ""]
    assert [country_code(name) for name in names] == codes


def test_names_of_languages() -> None:
    assert [language_tag(name) for name in ("German", "中文", "en", "zh-Hans", "?")] == [
        "de",
        "zh",
        "en",
        "zh-Hans",
        "",
    ]


async def test_websites_without_a_scheme() -> None:
    listed, _ = await sample("ex-k-website-bare.csv")
    assert [each.said["website"] for each in listed] == ["https://www.alpha.example", "https://beta.example/de"]


async def test_a_title_above_the_header() -> None:
    listed, _ = await sample("ex-x1-title-row.xlsx")
    assert [(each.row, each.name, each.placed["number"]) for each in listed] == [(4, "Alpha", "A1"), (5, "Beta", "A2")]
    listed, _ = await read("Exhibitors, as of May\n\nname;hall\nAlpha;Hall 1\n")
    assert [each.name for each in listed] == ["Alpha"]


async def test_a_list_without_a_header() -> None:
    rows = [
        "Alpha Ltd;Halle 1;A12;Germany;www.alpha.example",
        "Beta;Halle 2;B1;;",
        "Gamma AG;Halle 2;B2;Österreich;https://g.example",
    ]
    listed, notes = await read("\n".join(rows))
    assert [each.name for each in listed] == ["Alpha Ltd", "Beta", "Gamma AG"]
    assert listed[0].placed == {"hall": "Halle 1", "number": "A12"}
    assert (listed[2].said["country"], listed[2].said["website"]) == ("AT", "https://g.example")
    assert "no header. Its columns were taken for: name, hall, number, country, website." in notes.warnings[0].text()
    with pytest.raises(ExhibitorFaults):
        await read("red;4\nblue;5\ngreen;6\nblack;7\n")


async def test_numbers_dates_and_booleans() -> None:
    listed, warnings = await sample("ex-x2-numbers-dates.xlsx")
    assert [each.placed.get("number") for each in listed] == ["12", "1.5", None, None]
    assert [warning.partition(".")[0] for warning in warnings] == [
        "4 · Gamma: number: this cell holds a date or a truth value: 2026-01-12",
        "5 · Delta: number: this cell holds a date or a truth value: True",
    ]


async def test_a_hidden_sheet_is_not_read() -> None:
    listed, _ = await sample("ex-x3-hidden-first.xlsx")
    assert [each.name for each in listed] == ["Alpha"]


async def test_the_address_behind_a_cell() -> None:
    (each,), _ = await sample("ex-x7-hyperlink.xlsx")
    assert str(each.said["website"]).rstrip("/") == "https://alpha.example"


async def test_a_merged_cell_counts_for_every_row() -> None:
    made = book(["name", "hall"], ["Alpha", "Hall 1"], ["Beta", None], ["Gamma", "Hall 2"])
    made.active.merge_cells("B2:B3")
    listed, _ = await read(saved(made))
    assert [each.placed["hall"] for each in listed] == ["Hall 1", "Hall 1", "Hall 2"]


async def test_blank_rows_that_are_formatted() -> None:
    made = book(["name", "hall"], ["Alpha", "Hall 1"])
    for row in range(3, 15_000):
        made.active.cell(row, 1).number_format = "@"
    listed, _ = await read(saved(made))
    assert [each.name for each in listed] == ["Alpha"]


@pytest.mark.parametrize("as_book", [False, True], ids=["csv", "xlsx"])
async def test_a_list_of_a_large_fair(as_book: bool) -> None:
    rows = [["name", "hall", "number", "country", "about"]]
    rows += [[f"Firm {n}", f"Hall {n % 20}", f"A{n}", "Germany", "Machines and more. " * 10] for n in range(9_000)]
    data = saved(book(*rows)) if as_book else "\n".join(",".join(row) for row in rows).encode()
    began = time.monotonic()
    listed, notes = await read(data)
    assert (len(listed), notes.warning_count) == (9_000, 0)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF file"),
        (b"<html></html>", "an HTML or XML file"),
        (b'{"exhibitors": []}', "a JSON file"),
    ],
)
async def test_other_formats_are_named(data: bytes, named: str) -> None:
    with pytest.raises(ExhibitorFaults) as caught:
        await read(data)
    assert f"This is {named}" in caught.value.faults[0].text()
    assert "Plenary reads tables as XLSX, or as CSV" in caught.value.faults[0].text()
