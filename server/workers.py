"""Runs several processes on one port. Processes that die are replaced, all are drained at the end, and SIGHUP replaces them one after the other."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

log = logging.getLogger("plenary.workers")

LOOK_SECONDS = 0.1
READY_SECONDS = 60.0
END_SECONDS = 30.0  # after the drain
QUICK_DEATH = 5.0  # seconds: a process that dies so soon is likely to do so again, so its successor waits longer
LONGEST_WAIT = 30.0


class WorkerPlace(NamedTuple):
    """What a worker gets at its start: its number from 0, a descriptor to write to when it is ready, and one that closes when the supervisor ends."""

    number: int
    ready: int
    watched: int

    @classmethod
    def read(cls, text: str) -> "WorkerPlace":
        return cls(*map(int, text.split(":")))

    def __str__(self) -> str:
        return f"{self.number}:{self.ready}:{self.watched}"

    def tell_ready(self) -> None:
        os.write(self.ready, b"1")
        os.close(self.ready)
        threading.Thread(target=self._end_when_alone, daemon=True).start()

    def _end_when_alone(self) -> None:
        # Nobody would replace a worker without its supervisor.
        os.read(self.watched, 1)
        os.kill(os.getpid(), signal.SIGTERM)


class Worker:
    """A process. `deaths` counts how many of its predecessors in a row died early."""

    def __init__(self, number: int, command: list[str], watched: int, deaths: int = 0) -> None:
        self.number = number
        self.deaths = deaths
        self.began = time.monotonic()
        self._ready, telling = os.pipe()
        os.set_blocking(self._ready, False)
        try:
            self.process = subprocess.Popen(
                [*command, "--worker", str(WorkerPlace(number, telling, watched))],
                pass_fds=(telling, watched),
                start_new_session=True,  # Ctrl-C reaches the supervisor, which passes it on once
            )
        finally:
            os.close(telling)

    @property
    def is_ready(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(self._ready, 1))
        return False

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def end(self, seconds: float) -> int:
        """Drains it, and kills it when that takes too long. Returns the exit code."""
        self.process.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.forget()
        return code

    def forget(self) -> None:
        os.close(self._ready)


class Supervisor:
    """`command` starts a worker; `drain_seconds`: how long it may take to close its connections."""

    def __init__(self, count: int, command: list[str], drain_seconds: float) -> None:
        self._command = command
        self._patience = drain_seconds + END_SECONDS
        self._watched, self._watching = os.pipe()
        self._stopping = 0
        self._renewing = False
        self._due: dict[int, float] = {}
        self._workers = {number: self._start(number) for number in range(count)}

    def run(self) -> int:
        """Runs until SIGTERM or SIGINT. Returns 0 when all processes ended in order."""
        with self._signals():
            while not self._stopping:
                time.sleep(LOOK_SECONDS)
                self._replace_dead()
                if self._renewing and not self._stopping:
                    self._renewing = False
                    self._renew()
            for worker in self._workers.values():
                worker.process.terminate()
            codes = [worker.wait(self._patience) for worker in self._workers.values()]
        os.close(self._watching)
        os.close(self._watched)
        return int(any(codes))

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_signal: int, _frame: object) -> None:
            self._stopping += 1
            if self._stopping > 1:
                for worker in self._workers.values():
                    worker.process.terminate()  # this is their second signal, too

        def renew(_signal: int, _frame: object) -> None:
            self._renewing = True

        handlers: dict[signal.Signals, Callable[[int, object], None]] = {
            signal.SIGTERM: stop,
            signal.SIGINT: stop,
            signal.SIGHUP: renew,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, number: int, deaths: int = 0) -> Worker:
        return Worker(number, self._command, self._watched, deaths)

    def _replace_dead(self) -> None:
        now = time.monotonic()
        for number, worker in self._workers.items():
            if not worker.has_ended:
                continue
            if number not in self._due:
                deaths = worker.deaths + 1 if now - worker.began < QUICK_DEATH else 0
                wait = min(LONGEST_WAIT, 2.0**deaths - 1)
                log.error(
                    "process %d has ended with %s; another starts in %g seconds",
                    worker.process.pid,
                    worker.process.returncode,
                    wait,
                )
                worker.deaths = deaths
                self._due[number] = now + wait
            if now >= self._due[number]:
                del self._due[number]
                worker.forget()
                self._workers[number] = self._start(number, worker.deaths)

    def _renew(self) -> None:
        """Starts a new process beside each old one, and ends the old one once the new one is ready. Stops when a new one does not become ready."""
        for number, old in list(self._workers.items()):
            if old.has_ended:
                continue
            new = self._start(number)
            if not self._gets_ready(new):
                log.error("the new process %d did not become ready; the others are not replaced", new.process.pid)
                new.process.kill()
                new.wait(END_SECONDS)
                return
            self._workers[number] = new
            code = old.end(self._patience)
            log.info("process %d has taken over from %d, which ended with %d", new.process.pid, old.process.pid, code)
            if self._stopping:
                return

    def _gets_ready(self, worker: Worker) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not worker.has_ended and not self._stopping:
            if worker.is_ready:
                return True
            time.sleep(LOOK_SECONDS)
        return False


def supervise(count: int, port: int, drain_seconds: float) -> int:
    """Runs several `plenary run` on one port. Returns the exit code."""
    return Supervisor(count, [sys.executable, "-m", "plenary", "run", "--port", str(port)], drain_seconds).run()
