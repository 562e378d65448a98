"""``python -m cloudvolume``, the same as the command ``cloudvolume``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
