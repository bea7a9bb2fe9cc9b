"""Documents of word processors, packed with any file first: text boxes are read once, hidden runs are not."""

import io
import zipfile

import pytest

from tests.unit.formats.reads import only

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
TEXT = "Přístav se zavře v pondělí."


def docx(body: str) -> bytes:
    """Return a document with this body."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        namespaces = f'xmlns:w="{W}" xmlns:mc="{MC}" xmlns:a="urn:a"'
        archive.writestr("word/document.xml", f"<w:document {namespaces}><w:body>{body}</w:body></w:document>")
    return data.getvalue()


def paragraph(content: str) -> str:
    """Return a paragraph with one run."""
    return f"<w:p><w:r>{content}</w:r></w:p>"


BOX = f"<w:txbxContent>{paragraph('<w:t>Čísla: 41 lodí.</w:t>')}</w:txbxContent>"
OLD = f"<mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback>"


@pytest.mark.parametrize(
    "drawn",
    [
        f"<mc:AlternateContent><mc:Choice><w:drawing>{BOX}</w:drawing></mc:Choice>{OLD}</mc:AlternateContent>",
        f"<w:pict>{BOX}</w:pict>",
    ],
    ids=["new", "old"],
)
def test_text_box_is_read_once(drawn: str) -> None:
    """Word writes a box for itself and again for old programs."""
    body = paragraph(f"<w:t>{TEXT}</w:t>{drawn}") + paragraph("<w:t>Konec.</w:t>")
    assert only(docx(body), "a.docx").text == f"{TEXT}\n\nČísla: 41 lodí.\n\nKonec."


def test_caption_in_a_box_around_a_picture_is_no_paragraph() -> None:
    """A box that holds a picture has its caption."""
    box = f"<w:txbxContent>{paragraph('<w:drawing><a:blip/></w:drawing><w:t>Foto: K.</w:t>')}</w:txbxContent>"
    assert only(docx(paragraph(f"<w:t>{TEXT}</w:t><w:drawing>{box}</w:drawing>")), "a.docx").text == TEXT


@pytest.mark.parametrize(("mark", "is_hidden"), [("<w:vanish/>", True), ('<w:vanish w:val="0"/>', False), ("", False)])
def test_hidden_text(mark: str, is_hidden: bool) -> None:
    """A run that is neither shown nor printed is no text."""
    run = f"<w:r><w:rPr>{mark}</w:rPr><w:t> Tajné.</w:t></w:r>"
    text = only(docx(f"<w:p><w:r><w:t>{TEXT}</w:t></w:r>{run}</w:p>"), "a.docx").text
    assert text == (TEXT if is_hidden else f"{TEXT} Tajné.")
