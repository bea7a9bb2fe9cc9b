"""Write PDFs in one font from positioned lines, for tests and for the golden PDF."""

from collections.abc import Sequence


def turned(matrix: str, lines: Sequence[tuple[float, float, float, str]]) -> str:
    """Return the operators that draw lines of (left, baseline, font size, text) turned by ``matrix``."""
    return "\n".join(
        "BT /F1 {} Tf {} {} {} Tm ({}) Tj ET".format(
            size, matrix, x, y, text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        )
        for x, y, size, text in lines
    )


def pdf(pages: Sequence[Sequence[tuple[float, float, float, str]]], head: str = "", stamp: str = "") -> bytes:
    """Return a PDF with ``pages`` of (left, baseline, font size, text), drawn in the given order above a stamp."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        drawn = stamp + "\n" + turned("1 0 0 1", page)
        objects.append(f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R {head} >>"
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()
