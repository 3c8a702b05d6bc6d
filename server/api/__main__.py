"""`python -m server.api` writes docs/api.md; `--check` only reports whether it is out of date, and exits with 1 if so."""

import argparse
import sys
from pathlib import Path

from server.api.reference import reference

PATH = Path(__file__).parents[2] / "docs" / "api.md"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m server.api", description="Generates the API's reference.")
    parser.add_argument("--check", action="store_true", help="only tell whether it has drifted")
    check = parser.parse_args(arguments).check
    text = reference()
    if PATH.exists() and PATH.read_text("utf-8") == text:
        return 0
    if check:
        print("docs/api.md has drifted from server/api: run python -m server.api", file=sys.stderr)
        return 1
    PATH.write_text(text, "utf-8")
    print("wrote docs/api.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
