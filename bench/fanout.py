"""Fan-out of one room: CPU of the server for each message delivered, beside the physical limit and the peers, all in one run.

    python -m bench.fanout [--members 200 1000 5000] [--rounds 3] [--seconds 5] [--idle 40] [--only limit plenary …] [--json FILE]
    python -m bench.fanout --lag [--members 5000]           how late Plenary's loop is while it sweeps

Rounds are interleaved, figures are medians. What each server does per message is what its users would get from it; Plenary alone has rights, audiences
and seqs. Every server but the limit pings each silent member every 28 s; with --idle, that cost is measured apart, before the first message. Needs a C
compiler and Node.js with npm.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGUSR2
from typing import Any, NamedTuple

from bench.measuring import Load, Program, compile_c, free_port, install_peers, temporary

SIZE = 204  # bytes of a text, as in a chat message
RATE = {200: 50, 1000: 20, 5000: 5, 10_000: 2}  # messages a second, so that each server has its CPU for itself


class Contender(NamedTuple):
    """`start` takes port, members, rate and folder; `path`, `script` and `subprotocol` are what its clients need."""

    start: Callable[[int, int, int, Path], Program]
    path: str
    script: Callable[[Path, int], Path | None]
    subprotocol: str = ""


def contenders(folder: Path, *, lag: bool = False) -> dict[str, Contender]:
    limit = compile_c("limit", folder)

    def no_script(folder: Path, members: int) -> None:
        return None

    def socketio_script(folder: Path, members: int) -> Path:
        path = folder / "socketio"
        path.write_text("40\n" * members)
        return path

    def plenary_script(folder: Path, members: int) -> Path:
        return folder / "plenary"

    def plenary(*options: str) -> Callable[[int, int, int, Path], Program]:
        def start(port: int, members: int, rate: int, folder: Path) -> Program:
            arguments = [str(port), str(members), str(rate), str(SIZE), str(folder / "plenary"), *options]
            arguments += ["lag"] if lag else []
            return Program([sys.executable, "-m", "bench.served", *arguments], port, ready_line=True)

        return start

    def peer(*command: str, **options: Any) -> Callable[[int, int, int, Path], Program]:
        return lambda port, members, rate, folder: Program([*command, str(port), str(rate), str(SIZE)], port, **options)

    return {
        "limit": Contender(peer(str(limit)), "/", no_script),
        "plenary": Contender(plenary(), "/live", plenary_script, "plenary.v1.json"),
        "plenary, pure Python": Contender(plenary("pure"), "/live", plenary_script, "plenary.v1.json"),
        "websockets.broadcast": Contender(peer(sys.executable, "bench/peers/websockets_broadcast.py"), "/", no_script),
        "Node ws": Contender(peer("node", "bench/peers/ws.mjs", go=SIGUSR2), "/", no_script),
        "Socket.IO": Contender(
            peer("node", "bench/peers/socketio.mjs", go=SIGUSR2),
            "/socket.io/?EIO=4&transport=websocket",
            socketio_script,
        ),
    }


def measure(
    contender: Contender,
    load: Path,
    members: int,
    rate: int,
    seconds: float,
    folder: Path,
    *,
    idle: float = 0,
    lag: bool = False,
) -> dict[str, float]:
    """One server, one load, one measurement."""
    port = free_port()
    server = contender.start(port, members, rate, folder)
    try:
        empty, cpu = server.memory(), server.cpu()
        clients = Load(load, port, contender.path, members, contender.script(folder, members), contender.subprotocol)
        try:
            opening = server.cpu() - cpu
            time.sleep(2)
            memory = server.memory() - empty
            resting = server.cpu()
            time.sleep(idle)
            resting = server.cpu() - resting
            server.go()
            time.sleep(1)
            cpu = server.cpu()
            result = clients.measure(seconds)
            cpu = server.cpu() - cpu
            late = server.ask_lag() if lag else 0.0
        finally:
            clients.stop()
    finally:
        server.stop()
    return {
        "us": cpu / max(1, result["events"]) * 1e6,
        "core": cpu / seconds,
        "p50": result["p50"],
        "p99": result["p99"],
        "closed": result["closed"],
        "delivered": result["events"] / (members * rate * seconds),
        "kb": memory / members / 1024,
        "idle": resting / members / idle * 1e6 if idle else 0.0,
        "joins": members / max(opening, 0.01),
        "lag": late,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, nargs="+", default=[200, 1000, 5000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--idle", type=float, default=0, help="seconds without messages, to measure idle members")
    parser.add_argument("--rate", type=int, help="messages a second, instead of what suits the number of members")
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--lag", action="store_true", help="only Plenary, and how late its loop is")
    arguments = parser.parse_args()
    if arguments.lag:
        arguments.only = arguments.only or ["plenary", "plenary, pure Python"]
    install_peers()
    report: list[dict[str, Any]] = []
    with temporary() as name:
        folder = Path(name)
        load = compile_c("load", folder)
        every = contenders(folder, lag=arguments.lag)
        chosen = {name: each for name, each in every.items() if not arguments.only or name in arguments.only}
        for members in arguments.members:
            rate = arguments.rate or RATE.get(members, 10)
            rounds: dict[str, list[dict[str, float]]] = {name: [] for name in chosen}
            for _ in range(arguments.rounds):
                for name, contender in chosen.items():
                    rounds[name].append(
                        measure(
                            contender,
                            load,
                            members,
                            rate,
                            arguments.seconds,
                            folder,
                            idle=arguments.idle,
                            lag=arguments.lag,
                        )
                    )
            report += _show(members, rate, rounds)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")


def _show(members: int, rate: int, rounds: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    print(f"\n{members} members, {rate} messages/s of {SIZE} bytes")
    print(
        f"{'':24}{'µs/delivery':>12}{'× limit':>9}{'core':>7}{'p50 ms':>8}{'p99 ms':>8}{'got':>7}{'closed':>8}"
        + f"{'KB/idle':>9}{'µs/s idle':>11}{'joins/s/core':>14}"
        + (f"{'loop late ms, p99':>19}" if any(each["lag"] for runs in rounds.values() for each in runs) else "")
    )
    medians = {
        name: {key: statistics.median(each[key] for each in runs) for key in runs[0]} for name, runs in rounds.items()
    }
    limit = medians.get("limit", {}).get("us")
    rows: list[dict[str, Any]] = []
    for name, each in medians.items():
        ratio = each["us"] / limit if limit else float("nan")
        print(
            f"{name:24}{each['us']:12.2f}{ratio:9.2f}{each['core']:7.2f}{each['p50']:8.1f}{each['p99']:8.1f}"
            f"{each['delivered']:7.1%}{each['closed']:8.0f}{each['kb']:9.1f}{each['idle']:11.2f}{each['joins']:14.0f}"
            + (f"{each['lag']:19.2f}" if each["lag"] else ""),
            flush=True,
        )
        rows.append({"members": members, "rate": rate, "server": name, "ratio": ratio, **each})
    return rows


if __name__ == "__main__":
    main()
