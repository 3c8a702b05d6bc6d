"""The texts of the islands in each language, built by hatch_build.py and embedded in pages."""

from pathlib import Path

from markupsafe import Markup


class Catalogs:
    """`inline(code)`: the JSON of a language's catalog, safe inside a <script>; empty if there is none, as for English."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[int, Markup]] = {}

    def inline(self, code: str) -> Markup:
        path = self._folder / f"locale-{code.replace('_', '-')}.json"
        try:
            written = path.stat().st_mtime_ns
        except FileNotFoundError:
            return Markup()
        known = self._known.get(path)
        if known is None or known[0] != written:
            # "<" could end the script or begin a comment.
            known = (written, Markup(path.read_text("utf-8").replace("<", "\\u003c")))
            self._known[path] = known
        return known[1]
