"""`plenary audience`: simulated attendees over real WebSockets, so that people who try Plenary see a live room.

They join one session as guests, chat, ask in several languages, vote, lose the network and come back; and each checks all the while that nothing
is missing and nothing comes twice. A fault makes the exit code 1.
"""

import argparse
from collections.abc import Callable

HELP = "fill a session with simulated attendees who chat, ask and vote"
MOST_PEOPLE = 5000
MOST_MINUTES = 240.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=_bounded(int, 1, MOST_PEOPLE), default=200, help="how many (default 200)")
    parser.add_argument("--minutes", type=_bounded(float, 0.01, MOST_MINUTES), default=5.0, help="how long (default 5)")
    parser.add_argument("--session", help="the id of a session; by default one that is live")
    parser.add_argument(
        "--url",
        help="where the server is, if not on this machine at the port of the settings; its database and secret must be ours",
    )
    parser.add_argument(
        "--pace", type=_bounded(float, 0.01, 100), default=1.0, help="how lively: 2 = twice as much (default 1)"
    )
    parser.add_argument("--seed", type=int, help="the same seed makes the same people with the same words")
    parser.set_defaults(work=_work)


def _work(arguments: argparse.Namespace) -> int:
    from server.audience.crowd import (
        CrowdPlan,
        fill,
    )  # imported here, because the server does not need this WebSocket client

    return fill(
        CrowdPlan(
            arguments.people, arguments.minutes * 60, arguments.session, arguments.url, arguments.pace, arguments.seed
        )
    )


def _bounded(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], int | float]:
    def read(text: str) -> int | float:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"give a number from {low:g} to {high:g}")
        return value

    return read
