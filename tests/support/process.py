"""A program that runs beside the tests, in a temporary folder of its own, and ends with them."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

START_SECONDS = 30.0
STOP_SECONDS = 15.0


class Process:
    """Starts `command`, waits until `ready()` holds, and writes what the program says to `log`.

    `stop()` is the polite end, `kill()` is kill -9, `freeze()` and `thaw()` stop and continue it with all its children,
    as a paused virtual machine would. After `stop()` or `kill()`, `start()` begins again on the same port and data.
    """

    stop_signal = signal.SIGTERM

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        ready: Callable[[], bool],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        user: int | None = None,
        group: int | None = None,
    ) -> None:
        self.command = [str(part) for part in command]
        self.name = Path(self.command[0]).name
        self.folder = folder
        self.log = folder / f"{self.name}.log"
        self._ready = ready
        self._environment = environment
        self._user = user
        self._group = group
        self._child: subprocess.Popen[bytes] | None = None
        self._log_begins = 0

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._child = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # a Ctrl-C on the tests must not reach it before they have ended it in order
                user=self._user,
                group=self._group,
                extra_groups=None if self._user is None else [],
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} did not start:\n{self.output()[-4000:]}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        if self._child is None:
            return
        self._child.send_signal(self.stop_signal)
        self._child.send_signal(signal.SIGCONT)  # one that is frozen would never hear of its end
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._child = None

    def kill(self) -> None:
        """Ends it and its children at once, without a chance to tidy up."""
        if self._child is None:
            return
        self._signal_family(signal.SIGKILL)
        self._child.wait()
        self._child = None

    def freeze(self) -> None:
        self._signal_family(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_family(signal.SIGCONT)

    def output(self) -> str:
        """What it has said since its last start."""
        return self.log.read_bytes()[self._log_begins :].decode(errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _signal_family(self, number: signal.Signals) -> None:
        for pid in _family(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _family(pid: int) -> list[int]:
    """`pid` and all its descendants. Not the process group: PostgreSQL gives each of its children a session of its own."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


@contextlib.contextmanager
def temporary_folder(name: str, *, user: int | None = None, group: int | None = None) -> Iterator[Path]:
    """A folder that only its owner reads (`user` when given), deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"plenary-{name}-"))
    if user is not None and group is not None:
        os.chown(folder, user, group)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
