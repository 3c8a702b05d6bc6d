"""What the benchmarks share: programs under measurement, their CPU by the kernel's accounting, and the load program. Loopback only."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settle() -> None:
    """Sets the garbage collector as a server does (server/app.py). Otherwise a young process would run full collections during the measurement."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 100, 100)


def compile_c(name: str, folder: Path) -> Path:
    """Compiles bench/<name>.c with whatever C compiler there is."""
    program = folder / name
    subprocess.run(["cc", "-O2", "-o", str(program), str(HERE / f"{name}.c")], check=True)
    return program


def install_peers() -> None:
    """Fetches the peers in Node, once."""
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True)


class Program:
    """A server under measurement. Ended by pid."""

    def __init__(
        self,
        command: list[str],
        port: int,
        *,
        ready_line: bool = False,
        go: signal.Signals = signal.SIGUSR1,
        quiet: bool = False,
    ) -> None:
        self.go_signal = go
        self.process = subprocess.Popen(
            command,
            cwd=HERE.parent,
            stdout=subprocess.PIPE if ready_line else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quiet else sys.stderr,
        )
        if ready_line:
            assert self.process.stdout is not None
            if b"ready" not in self.process.stdout.readline():
                raise RuntimeError(f"{command} did not start")
        else:
            _wait_for_port(port, self.process)

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Bytes resident."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def go(self) -> None:
        self.process.send_signal(self.go_signal)

    def ask_lag(self) -> float:
        """How late its loop is, in milliseconds (bench/served.py)."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGUSR2)
        return float(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Load:
    """Clients opened by bench/load.c; see there."""

    def __init__(
        self, program: Path, port: int, path: str, clients: int, script: Path | None, subprotocol: str = ""
    ) -> None:
        arguments = [str(program), str(port), path, str(clients), str(script or "")]
        if subprotocol:
            arguments.append(subprotocol)
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.opening: dict[str, Any] = self._line()

    def measure(self, seconds: float) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(f"go {seconds}\n")
        self.process.stdin.flush()
        return self._line()

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load program ended early")
        return json.loads(line)


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"a server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a server does not listen")


def temporary() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="plenary-bench-")
