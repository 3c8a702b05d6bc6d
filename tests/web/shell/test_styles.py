"""Every class in the styles is used by a page or an island."""

import re
from pathlib import Path

WEB = Path(__file__).parents[3] / "web"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)(?=[^{}]*\{)")
WORD = re.compile(r"[a-zA-Z][\w-]*")


def classes(styles: str) -> set[str]:
    return set(CLASS.findall(COMMENT.sub("", styles)))


def unused(styles: str, source: str) -> list[str]:
    """Classes whose name is not in the source, not even as a part that is completed when the page is made ("badge-{{ tone }}")."""
    words = set(WORD.findall(source))
    beginnings = tuple(set(re.findall(r"([a-zA-Z][\w-]*-|[a-zA-Z][\w-]*-[a-z])(?=\{\{|\$\{|\{|\" ~|\{%|' ~)", source)))
    return sorted(name for name in classes(styles) - words if not name.startswith(beginnings))


def source() -> str:
    paths = [
        *WEB.glob("templates/**/*.html"),
        *WEB.glob("islands/src/**/*.ts"),
        *WEB.glob("pages/**/*.py"),
        WEB / "receiving.py",
    ]
    return "\n".join(path.read_text("utf-8") for path in paths)


def test_no_class_is_unused() -> None:
    styles = "\n".join(path.read_text("utf-8") for path in WEB.glob("styles/**/*.css"))
    assert len(classes(styles)) > 400
    assert unused(styles, source()) == []


def test_an_unused_class_is_found() -> None:
    styles = ".card { color: red } @media (width > 40em) { .menu-up > .menu-sheet { top: 0 } .badge-live { color: red } } /* .old {} */"
    assert unused(styles, '<p class="card menu-sheet badge-{{ tone }}">') == ["menu-up"]
