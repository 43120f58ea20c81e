"""``python -m zhuisu``."""

from zhuisu.cli import main

if __name__ == "__main__":
    main()
