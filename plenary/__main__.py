"""The command line: plenary run | migrate | demo | …, and the same as `python -m plenary`."""

import sys

from server.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
