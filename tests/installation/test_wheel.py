"""Plenary installed from its wheel into an empty environment, and run from an empty folder."""

import asyncio
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hatch_build import ISLANDS, ROOT, find_node
from tests.support.components import absent, find_program
from tests.support.redis import running_redis
from tests.support.server import Server, furnish, ticket_for
from tests.support.wire import wire

LOOP = "plenary/rooms/core/delivery/_fanout.so"


class Installed(Server):
    """An installed `plenary` that knows nothing of the checkout; it keeps its data in its folder."""

    def __init__(self, bin_folder: Path, folder: Path, *arguments: str, redis: str = "") -> None:
        super().__init__(folder, f"sqlite+aiosqlite:///{folder / 'data' / 'plenary.sqlite'}", redis=redis)
        self.command = [str(bin_folder / "plenary"), *arguments]
        unset = ("PYTHONPATH", "PLENARY_DATABASE", "PLENARY_DATA")
        self._environment = {name: value for name, value in self.environment.items() if name not in unset}


def _build(sources: Path, target: Path, kind: str, **settings: str) -> Path:
    node, _ = find_node()
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ['PATH']}", **settings}
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("plenary-*"))


def _install(bin_folder: Path, wheel: Path, *options: str | Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(bin_folder / "python"),
        "--disable-pip-version-check",
        "install",
    ]
    done = subprocess.run([*pip, "--quiet", *options, wheel], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PLENARY"))}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked; the islands' npm packages are linked to it, because npm would take a minute."""
    folder = tmp_path_factory.mktemp("sources")
    _build(ROOT, folder, "sdist")
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 of Debian 12 has none
        archive.extractall(folder)
    unpacked = next(path for path in folder.iterdir() if path.is_dir())
    (unpacked / ISLANDS.relative_to(ROOT) / "node_modules").symlink_to(ISLANDS / "node_modules")
    return unpacked


@pytest.fixture(scope="module")
def platform_wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_program("cc", "gcc", "clang") is None:
        absent("a C compiler", "install gcc")
    return _build(sources, tmp_path_factory.mktemp("platform"), "wheel")


@pytest.fixture(scope="module")
def pure_wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(sources, tmp_path_factory.mktemp("pure"), "wheel", PLENARY_PURE="1")


@pytest.fixture(scope="module")
def bin_folder(platform_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment with the wheel and what it requires, in the versions of the lock file."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    constraints = folder / "constraints.txt"
    constraints.write_text(
        "\n".join(re.findall(r"^[a-z0-9.-]+==[^\\\n]+", (ROOT / "requirements.lock").read_text(), re.M))
    )
    _install(folder / "bin", platform_wheel, "--constraint", constraints)
    return folder / "bin"


def test_only_one_name_reaches_site_packages(platform_wheel: Path, pure_wheel: Path) -> None:
    for wheel in (platform_wheel, pure_wheel):
        names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
        assert names == {"plenary", "plenary-0.1.0.dist-info"}


def test_the_platform_wheel_holds_the_compiled_loop_and_the_pure_one_does_not(
    platform_wheel: Path, pure_wheel: Path
) -> None:
    assert LOOP in zipfile.ZipFile(platform_wheel).namelist()
    assert re.fullmatch(r"plenary-[0-9.]+-py3-none-(linux|macosx)_\w+\.whl", platform_wheel.name)
    assert LOOP not in zipfile.ZipFile(pure_wheel).namelist()
    assert re.fullmatch(r"plenary-[0-9.]+-py3-none-any\.whl", pure_wheel.name)


def test_the_wheels_hold_all_that_is_served(pure_wheel: Path) -> None:
    packed = set(zipfile.ZipFile(pure_wheel).namelist())
    tracked = subprocess.check_output(["git", "ls-files", "rooms", "server", "signaling", "web"], cwd=ROOT, text=True)
    expected = {f"plenary/{name}" for name in tracked.split() if not name.startswith(("web/islands/", "web/styles/"))}
    assert expected - packed == set()
    assert {"plenary/web/static/built/main.js", "plenary/web/locale/zh_Hans/LC_MESSAGES/plenary.mo"} <= packed


def test_demo_from_an_empty_folder(bin_folder: Path, tmp_path: Path) -> None:
    with Installed(bin_folder, tmp_path, "demo") as plenary:
        status, headers, _ = plenary.get("/")
        assert (status, headers["location"][:3]) == (303, "/c/"), "the one conference is the front page"
        page = plenary.get(headers["location"])[2].decode()
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert style, page
        assert plenary.get(style[1])[0] == 200
        assert "登录" in plenary.get(headers["location"], accept_language="zh-CN")[2].decode()
        assert f"{bin_folder}/plenary audience" in plenary.output(), "the hint names a command that exists"
    assert (tmp_path / "data").is_dir()


def test_run_with_two_workers_from_an_empty_folder(bin_folder: Path, tmp_path: Path) -> None:
    with running_redis() as redis, Installed(bin_folder, tmp_path, "run", "--workers", "2", redis=redis.url) as plenary:
        assert plenary.get("/")[0] == 200
        asyncio.run(_join_the_lobby(plenary))


async def _join_the_lobby(server: Server) -> None:
    world = await furnish(server)
    async with wire(server.socket_url, await ticket_for(world.engine, None)) as client:
        assert (await client.join(world.lobby))["snapshot"]


def test_doctor_finds_the_compiled_loop_and_reads_pictures(bin_folder: Path, tmp_path: Path) -> None:
    said = _run(bin_folder / "plenary", "doctor", cwd=tmp_path)
    assert re.search(r"^ok +fan-out +the compiled loop", said, re.M), said
    assert re.search(r"^ok +islands", said, re.M), said
    assert re.search(r"^ok +pictures", said, re.M), said


def test_the_module_is_the_command(bin_folder: Path, tmp_path: Path) -> None:
    for name in ("rooms", "server", "web"):
        (tmp_path / name).mkdir()  # folders with these names must not be taken for the packages
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the wrong one')")
    assert _run(bin_folder / "python", "-m", "plenary", "--help", cwd=tmp_path).startswith("usage: plenary ")


def test_the_pure_wheel_does_the_same_in_python(bin_folder: Path, pure_wheel: Path, tmp_path: Path) -> None:
    _install(bin_folder, pure_wheel, "--force-reinstall", "--no-deps")
    assert re.search(r"^- +fan-out +in Python", _run(bin_folder / "plenary", "doctor", cwd=tmp_path), re.M)
    with Installed(bin_folder, tmp_path, "run") as plenary:
        assert plenary.get("/")[0] == 200
        asyncio.run(_join_the_lobby(plenary))
