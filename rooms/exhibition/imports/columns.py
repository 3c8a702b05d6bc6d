"""The columns of an exhibitor list, recognised by common headers in several languages."""

import re
from collections.abc import Callable, Sequence

from rooms.core.files.faults import FileFaults
from rooms.core.imports.columns import Columns
from rooms.core.imports.places import country_code
from rooms.core.text import N_

PLAIN = ("name", "tagline", "about", "website", "country", "field", "languages")
TRANSLATED = ("name", "tagline", "about")
COLUMNS = ("id", *PLAIN, "hall", "number", "tier", "owner")
"""In the order of a template."""

_HEADERS = {
    "id": "id, exhibitor id, identifiant, aussteller-id, kennung, 编号, 展商编号",
    "name": """name, company, company name, exhibitor, exhibitor name, organisation, organization, brand, firm,
        firma, firmenname, unternehmen, aussteller, ausstellername, nom, société, entreprise, raison sociale, exposant,
        nombre, empresa, expositor, razón social, nome, azienda, espositore, ragione sociale, bedrijf, nazwa, название, компания,
        名称, 公司, 公司名称, 企业, 企业名称, 单位, 单位名称, 展商, 展商名称, 参展商, 公司名稱, 会社名, 회사명""",
    "hall": """hall, pavilion, hall name, halle, pavillon, messehalle, salle, pabellón, sala, padiglione, hala, зал,
        展馆, 馆号, 展厅, 馆, 館, 展館, ホール, 홀""",
    "number": """number, stand, booth, stand number, stand no, stand nr, booth number, booth no, standnummer, stand-nr, standnr,
        platz, numéro, numéro de stand, n° de stand, n° stand, número de stand, stand nº, numero stand, стенд,
        展位, 展位号, 摊位, 摊位号, 展位號, ブース番号, 부스번호""",
    "tier": "tier, level, sponsor level, placement, stufe, rang, niveau, nivel, livello, 级别, 等级",
    "tagline": "tagline, slogan, claim, in one sentence, kurzbeschreibung, accroche, lema, 标语, 口号",
    "about": """about, description, profile, company profile, beschreibung, firmenprofil, über uns, profil, présentation,
        à propos, descripción, descrizione, opis, описание, 简介, 公司简介, 介绍, 描述, 公司簡介""",
    "website": """website, web, url, homepage, web site, internet, web address, webseite, website-adresse, www, site, site web,
        site internet, sitio web, página web, sito, sito web, сайт, 网站, 网址, 官网, 網站, ウェブサイト, 홈페이지""",
    "country": """country, country/region, nation, land, staat, herkunftsland, pays, país, paese, kraj, země, страна,
        国家, 国别, 国家/地区, 國家, 国, 국가""",
    "field": "field, industry, sector, branche, fachgebiet, secteur, secteur d'activité, domaine, settore, отрасль, 行业, 领域, 產業",
    "languages": "languages, languages spoken, language, sprachen, sprache, langues, langue, idiomas, lingue, 语言, 语种",
    "owner": "owner, owner e-mail, owner email, inhaber, propriétaire, 负责人邮箱",
}


class ExhibitorFaults(FileFaults):
    summary = N_("The exhibitors cannot be imported. Faults found: %(count)s. Nothing was changed.")


EXHIBITOR_COLUMNS = Columns(_HEADERS, required="name", faults=ExhibitorFaults, translated=TRANSLATED)
column_of = EXHIBITOR_COLUMNS.column_of


def guessed_columns(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Column → its place in a table without a header, guessed from the content of most cells; empty if that is too uncertain."""
    if len(rows) < FEWEST_ROWS:
        return {}
    found: dict[str, int] = {}
    names: list[int] = []
    for at in range(max(map(len, rows))):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        kind = next((column for column, fits in _LOOKS.items() if _most(cells, fits)), "")
        if kind and kind not in found:
            found[kind] = at
        elif not kind and _most(cells, lambda cell: sum(map(str.isalpha, cell)) > 2) and len(cells) * 2 > len(rows):
            names.append(at)
    return {"name": names[0], **found} if names and found.keys() - {"number"} else {}


def _most(cells: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(fits, cells)) >= 0.8 * len(cells)


_LOOKS: dict[str, Callable[[str], bool]] = {
    "website": lambda cell: re.fullmatch(r"(https?://|www\.)\S+", cell) is not None,
    "country": lambda cell: bool(country_code(cell)),
    "hall": lambda cell: column_of(cell.split()[0]) == "hall",
    "number": lambda cell: re.fullmatch(r"[A-Za-z]{0,2}[-. ]?\d{1,4}[-.A-Za-z\d]{0,4}", cell) is not None,
}
FEWEST_ROWS = 3
