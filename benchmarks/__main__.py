"""`python -m benchmarks [name …]`: runs the benchmarks named, or all, and prints one table."""

import sys
from collections.abc import Callable

from benchmarks import first_token, streaming
from benchmarks.measuring import Figure, print_table

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "first_token": first_token.run,
    "streaming": streaming.run,
}


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    figures = [figure for name in chosen for figure in BENCHMARKS[name]()]
    print_table(figures, sys.stdout)
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
