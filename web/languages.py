"""The languages of the interface: the available ones, the viewer's choice, and their texts."""

import gettext
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locale"
SOURCE = "en"


class Languages:
    """English, which needs no catalog, and every language with a catalog in `folder`. Codes look like "zh_Hans"."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._texts: dict[str, gettext.NullTranslations] = {SOURCE: gettext.NullTranslations()}
        for path in sorted(folder.glob("*/LC_MESSAGES/plenary.po")):
            self._texts[path.parents[1].name] = _load(path)
        self.locales = {code: Locale.parse(code) for code in self._texts}

    @property
    def codes(self) -> list[str]:
        return list(self._texts)

    def named(self) -> list[tuple[str, str]]:
        """[("en", "English"), ("zh_Hans", "简体中文")]: each by its own name."""
        return [(code, _own_name(locale)) for code, locale in self.locales.items()]

    def texts(self, code: str) -> gettext.NullTranslations:
        return self._texts.get(code, self._texts[SOURCE])

    def direction(self, code: str) -> str:
        """ "ltr" or "rtl"."""
        return self.locales[code].text_direction

    def choose(self, wanted: Iterable[str | None]) -> str:
        """The first of the wanted codes that is available; a region or script may be left out. Otherwise English."""
        for tag in wanted:
            if tag and (code := self._match(tag)):
                return code
        return SOURCE

    def accepted(self, header: str) -> list[str]:
        """The language tags of an Accept-Language header (RFC 9110 §12.5.4), best first."""
        weighed: list[tuple[float, str]] = []
        for part in header[:500].split(","):
            tag, _, weight = part.strip().partition(";")
            try:
                quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
            except ValueError:
                continue
            if tag and quality > 0:
                weighed.append((quality, tag.strip()))
        return [tag for _, tag in sorted(weighed, key=lambda each: -each[0])]

    def _match(self, tag: str) -> str | None:
        parts = tag.replace("-", "_").split("_")
        if parts[0].lower() == "zh" and len(parts) > 1 and parts[1].upper() in {"CN", "SG", "MY"}:
            parts[1:] = ["Hans"]
        wanted = [part.lower() for part in parts]
        for length in range(len(wanted), 0, -1):
            for code in self._texts:
                if code.lower().split("_")[:length] == wanted[:length]:
                    return code
        return None


def in_language(locale: str, texts: Mapping[str, Mapping[str, str]], field: str, original: str) -> str:
    """A text of the programme in a language, if translated; `texts` as in rooms.programme.tables."""
    return texts.get(locale, {}).get(field) or original


def _load(path: Path) -> gettext.GNUTranslations:
    # From the source rather than a compiled .mo, so that no text can be older than its catalog.
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parents[1].name, domain="plenary")
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _own_name(locale: Locale) -> str:
    name = locale.get_display_name(locale) or locale.language
    short = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文"}.get(str(locale))
    return short or name[:1].upper() + name[1:]
