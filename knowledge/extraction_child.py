"""Decides nothing: reads one document from standard input under hard limits, and writes JSON lines.

Started by knowledge.extraction as `python -m knowledge.extraction_child NAME`, without Django or secrets.
"""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from knowledge.formats.document import Document, Report, UnreadableError

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 60


def main() -> int:
    _limit()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        document = read(sys.stdin.buffer.read(), name, _report)
    except UnreadableError as error:
        _write({"error": error.code})
    except (MemoryError, RecursionError):
        _write({"error": "too_much_memory"})
    else:
        _write({"document": asdict(document)})
    return 0


def read(data: bytes, name: str, report: Report) -> Document:
    """Return the document that the bytes hold, whatever its name claims."""
    from knowledge.formats.sniffing import kind_of

    kind = kind_of(data, name)
    if kind == "pdf":
        from knowledge.formats.pdf import read_pdf as reader
    elif kind == "docx":
        from knowledge.formats.docx import read_docx as reader
    elif kind == "html":
        from knowledge.formats.html import read_html as reader
    elif kind == "markdown":
        from knowledge.formats.plain import read_markdown as reader
    elif kind == "table":
        from knowledge.formats.plain import read_table as reader
    else:
        from knowledge.formats.plain import read_text as reader
    return reader(data, name, report)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _report(done: int, total: int) -> None:
    _write({"progress": [done, total]})


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
