"""A lively session: CPU of the server for each of its simulated people, on SQLite, with all their events on disk.

    python -m bench.lively [--people 300] [--seconds 60] [--rounds 1]

A demonstration server of its own, and `plenary audience`, which writes, votes, reacts, comes and goes as people do. Measured is the time after everyone
has come.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.measuring import Program, free_port, temporary

COMING_SECONDS = 40  # until the people are in, and behave as they do later


def measure(people: int, seconds: float) -> float:
    """Seconds of CPU for each second and person."""
    port = free_port()
    with temporary() as folder:
        os.environ |= {"PLENARY_DATA": str(Path(folder)), "PLENARY_PORT": str(port)}
        server = Program([sys.executable, "-m", "server", "demo", "--port", str(port)], port, quiet=True)
        minutes = str((COMING_SECONDS + seconds + 20) / 60)
        command = [sys.executable, "-m", "server", "audience", "--people", str(people), "--minutes", minutes]
        audience = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(COMING_SECONDS)
            cpu, since = server.cpu(), time.monotonic()
            time.sleep(seconds)
            cpu, since = server.cpu() - cpu, time.monotonic() - since
            if audience.poll() is not None:
                raise RuntimeError("the audience ended early")
        finally:
            audience.terminate()
            audience.wait()
            server.stop()
    return cpu / since / people


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    for _ in range(arguments.rounds):
        used = measure(arguments.people, arguments.seconds)
        print(f"{arguments.people} people: {used * 1e3:.3f} ms of CPU per second and person", flush=True)


if __name__ == "__main__":
    main()
