"""``python -m exhook`` is the command ``exhook``."""

import sys

from exhook.cli import main

if __name__ == "__main__":
    sys.exit(main())
