import io
import zipfile

import pypdf
import pytest

from knowledge.exceptions import ExtractionError
from knowledge.extraction import FAILURES, extract
from knowledge.formats.document import Document
from tests.knowledge.documents import docx_of, pdf_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PAGE = b"""<html><head><title>Shipping | Shop</title><script>alert(1)</script></head><body>
<nav><a>Home</a></nav><main><h1>Shipping</h1><p>We ship within 3 days to all countries.</p><h2>Returns</h2>
<ul><li>Send it back.</li><li>Use the label.</li></ul>
<table><tr><th>Zone</th><th>Price</th></tr><tr><td>EU</td><td>5</td></tr></table></main>
<footer>Imprint</footer></body></html>"""


def read(data: bytes, name: str = "file", **options: float) -> Document:
    return extract(io.BytesIO(data), name=name, **options)  # type: ignore[arg-type]


def code_of(data: bytes, name: str = "file", **options: float) -> str:
    with pytest.raises(ExtractionError) as refusal:
        read(data, name, **options)
    assert refusal.value.message
    assert refusal.value.remedy
    return refusal.value.code


def repacked(document_xml: bytes) -> bytes:
    """A Word file whose document is replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(docx_of("Hello."))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, document_xml if name == "word/document.xml" else source.read(name))
    return target.getvalue()


def test_plain_text_in_any_encoding() -> None:
    assert read("Größe\r\nund Maß".encode(), "a_b-c.txt") == Document("a b c", "Größe\nund Maß", [])
    assert read("Größe und Maß für schöne Bücher".encode("cp1252")).text == "Größe und Maß für schöne Bücher"
    assert read("Größe".encode("utf-16")).text == "Größe"


def test_markdown_loses_what_is_not_text() -> None:
    source = b"---\ntitle: 'Nice page'\n---\nIntro\n=====\n\nText ![x](y.png) <!-- c -->\n\nSub\n---\n- a\n"
    assert read(source, "x.md") == Document("Nice page", "# Intro\n\nText x\n\n## Sub\n- a", [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_each_row_of_a_table_carries_its_heads(separator: str) -> None:
    rows = [["Name", "Price"], ["Red", "12"], ["Blue", '"1\n3"']]
    document = read("\n".join(separator.join(row) for row in rows).encode(), "prices.csv")
    assert document.text == "Name: Red\nPrice: 12\n\nName: Blue\nPrice: 1 3"
    assert document.is_rows


def test_a_web_page_keeps_headings_lists_and_tables() -> None:
    document = read(PAGE, "page.html")
    assert document.title == "Shipping"
    assert "# Shipping\n" in document.text
    assert "- Send it back." in document.text
    assert "| EU | 5 |" in document.text
    assert not {"alert", "Home", "Imprint"} & set(document.text.split())


def test_word_keeps_the_order_of_paragraphs_and_tables() -> None:
    document = read(docx_of("Hello there.", table=[["Zone", "Price"], ["EU", "5|6"]]), "x.txt")
    assert document.text == "# Manual\n\nHello there.\n\n| Zone | Price |\n| --- | --- |\n| EU | 5\\|6 |"
    assert document.title == "Manual"


def test_pdf_lines_become_paragraphs_and_running_heads_go() -> None:
    pages = [
        [
            "Company handbook",
            f"Chapter {number}",
            f"Refunds of chapter {number} are paid within thirty days after the goods came back to our ware-",
            "house in Hamburg.",
            *["- first", "- second", f"Own words {number}", "More of them", f"Page {number}"],
        ]
        for number in range(5)
    ]
    document = read(pdf_of(pages), "h.pdf")
    assert "came back to our warehouse in Hamburg." in document.text
    assert "Company handbook" not in document.text
    assert len(document.page_offsets) == 5


def test_progress_is_told_page_by_page() -> None:
    told: list[tuple[int, int]] = []
    extract(
        io.BytesIO(pdf_of([["One."]] * 12)),
        name="x.pdf",
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (12, 12)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" \n ", "empty"),
        (b"\x7fELF\x00\x00" + b"x" * 100, "unsupported"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 100, "old_office"),
        (b"%PDF-1.4 garbage", "damaged"),
        (b"PK\x03\x04 no archive", "damaged"),
        (docx_of("Hello.")[:900], "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    assert code_of(data, "file.pdf") == code


def test_a_pdf_without_text_is_told_from_an_empty_file() -> None:
    assert code_of(pdf_of([[]])) == "pictures_only"


def test_an_encrypted_pdf() -> None:
    writer, target = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of([["Secret."]]))), io.BytesIO()
    writer.encrypt("password")
    writer.write(target)
    assert code_of(target.getvalue()) == "encrypted"


def test_a_pdf_of_too_many_pages() -> None:
    assert code_of(pdf_of([["x"]] * 3_001)) == "too_many_pages"


def test_a_zip_bomb_is_judged_by_what_it_declares() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    assert code_of(target.getvalue()) == "too_much_memory"


def test_external_entities_are_not_read() -> None:
    xml = f"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
    <w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>seen &x; end</w:t></w:r></w:p></w:body></w:document>"""
    assert "root:" not in read(repacked(xml.encode())).text


def test_entities_that_grow_without_end_are_refused() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 10))
    xml = f"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "{"a" * 50}">{levels}]>
    <w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body></w:document>"""
    assert code_of(repacked(xml.encode())) == "damaged"


def test_a_document_that_takes_too_much_memory_ends_its_child_only() -> None:
    start = f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>'.encode()
    body = b"".join(b'<w:p w:a="%x"/>' % (number * 2_654_435_761 % 2**32) for number in range(1_600_000))
    assert code_of(repacked(start + body + b"</w:body></w:document>")) == "too_much_memory"


def test_reading_that_takes_too_long_is_stopped() -> None:
    assert code_of(pdf_of([["x"] * 40] * 2_000), wall_seconds=0.3) == "too_slow"


def test_every_failure_has_a_reason_and_a_remedy() -> None:
    assert all(reason and remedy for reason, remedy in FAILURES.values())
