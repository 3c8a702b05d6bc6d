"""`python -m server.protocol` writes the generated files; `--check` lists outdated ones, and exits with 1."""

import argparse
import sys
from pathlib import Path

from server.protocol.catalogue import Catalogue, collect
from server.protocol.markdown import markdown
from server.protocol.typescript import typescript

ROOT = Path(__file__).parents[2]
TYPES = "web/islands/src/live"


def generated(catalogue: Catalogue) -> dict[Path, str]:
    types = {ROOT / TYPES / path: text for path, text in typescript(catalogue).items()}
    return {ROOT / "docs/protocol.md": markdown(catalogue), **types}


def drifted(files: dict[Path, str]) -> list[Path]:
    return [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m server.protocol", description="Generates the protocol's reference and types."
    )
    parser.add_argument("--check", action="store_true", help="only tell what has drifted from the messages")
    check = parser.parse_args(arguments).check
    files = generated(collect())
    changed = drifted(files)
    for path in changed:
        if check:
            print(
                f"{path.relative_to(ROOT)} has drifted from the messages: run python -m server.protocol",
                file=sys.stderr,
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], "utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
