"""`plenary doctor`: checks everything that Plenary needs, and says how to fix what is missing or wrong.

It changes nothing. Each check is one function that yields findings; a finding that is missing or wrong makes the exit code 1.
"""

import argparse

HELP = "check database, Redis, mail, TURN and this machine, and say how to fix what is wrong"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="WORD", default="", help="only the checks whose name contains this word")
    parser.set_defaults(work=_work)


def _work(arguments: argparse.Namespace) -> int:
    from server.doctor.examination import examine  # only here: it loads clients of all kinds

    return examine(arguments.only)
