"""Decides how a Word document is read: paragraphs and tables in their order, headings and lists kept.

Called by knowledge.extraction_child.
"""

import io
import zipfile
from collections.abc import Mapping

import docx
import docx.opc.exceptions
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import ErrorTypes, LxmlError, XMLSyntaxError

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
        # Looking a style up for each paragraph takes longer than all the rest.
        names = {style.style_id: style.name or "" for style in document.styles}
        blocks = [_block(block, names) for block in document.iter_inner_content()]
        title = one_line(document.core_properties.title or "") or _first_heading(blocks)
    except _DAMAGE as error:
        raise UnreadableError(_code_of(error)) from error
    text = checked(normalise(_joined(blocks)))
    return Document(title[:TITLE_CHARACTERS] or title_from_name(name), text)


def _code_of(error: Exception) -> str:
    # The XML library tells of memory that ran out as of a broken document.
    is_out_of_memory = isinstance(error, XMLSyntaxError) and error.code == ErrorTypes.ERR_NO_MEMORY
    return "too_much_memory" if is_out_of_memory else "damaged"


def _block(block: Paragraph | Table, style_names: Mapping[str, str]) -> str:
    return _table(block) if isinstance(block, Table) else _paragraph(block, style_names)


def _paragraph(paragraph: Paragraph, style_names: Mapping[str, str]) -> str:
    text = one_line(paragraph.text)
    if not text:
        return ""
    style = style_names.get(paragraph._p.style or "", "")
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


def _first_heading(blocks: list[str]) -> str:
    return next((block[2:] for block in blocks[:20] if block.startswith("# ")), "")
