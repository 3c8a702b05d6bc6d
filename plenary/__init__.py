"""The installed package. Its folder holds `rooms`, `server`, `signaling` and `web`, so site-packages gets one name only.

docs/decisions/: "One package, four import names" explains why the folder goes on the module search path.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).parent

if (FOLDER / "rooms").is_dir():  # a wheel; in a checkout the four packages are beside this folder
    sys.path.insert(0, str(FOLDER))
