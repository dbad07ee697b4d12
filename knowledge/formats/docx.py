"""Decides how a Word document is read: paragraphs and tables in their order, headings and lists kept.

Called by knowledge.extraction_child.
"""

import io
import zipfile

import docx
import docx.opc.exceptions
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from knowledge.formats.document import (
    TITLE_CHARACTERS,
    Document,
    Report,
    UnreadableError,
    checked,
    markdown_table,
    normalise,
    one_line,
    title_from_name,
)

_DAMAGE = (
    docx.opc.exceptions.OpcError,
    LxmlError,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    AttributeError,
    NotImplementedError,
)


def read_docx(data: bytes, name: str, report: Report) -> Document:
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = [_block(block) for block in document.iter_inner_content()]
        title = _title(document)
    except _DAMAGE as error:
        raise UnreadableError("damaged") from error
    text = checked(normalise(_joined(blocks)))
    return Document(title or title_from_name(name), text)


def _block(block: Paragraph | Table) -> str:
    return _table(block) if isinstance(block, Table) else _paragraph(block)


def _paragraph(paragraph: Paragraph) -> str:
    text = one_line(paragraph.text)
    if not text:
        return ""
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if style == "Title":
        return f"# {text}"
    if style.startswith("Heading"):
        level = style.rsplit(" ", 1)[-1]
        return f"{'#' * (min(int(level), 6) if level.isdigit() else 2)} {text}"
    properties = paragraph._p.pPr
    is_item = style.startswith("List") or (properties is not None and properties.numPr is not None)
    return f"- {text}" if is_item else text


def _table(table: Table) -> str:
    # The library's own cell grid takes quadratic time, so the rows are read from the XML.
    rows = [
        ["".join(part.text or "" for part in cell.iter(qn("w:t"))) for cell in row.tc_lst]
        for row in table._tbl.tr_lst
    ]
    return markdown_table(rows)


def _joined(blocks: list[str]) -> str:
    text = ""
    previous = ""
    for block in filter(None, blocks):
        text += ("\n" if block.startswith("- ") and previous.startswith("- ") else "\n\n") + block
        previous = block
    return text


def _title(document: WordDocument) -> str:
    title = one_line(document.core_properties.title or "") or _first_heading(document)
    return title[:TITLE_CHARACTERS]


def _first_heading(document: WordDocument) -> str:
    for paragraph in document.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.name in {
            "Title",
            "Heading 1",
        }:
            return one_line(paragraph.text)
    return ""
