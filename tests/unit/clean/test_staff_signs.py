"""What an agency's desk sets below a dispatch is removed if the agency is known."""

import pytest

from worker.article import Article
from worker.clean import clean

LEAD = "The council of Marrow voted late on Monday to drain the mill pond and to build a swimming hall of timber."
PROSE = f"{LEAD}\n\nThe hall will cost twelve million florins, said the mayor, half of it paid by the county."


@pytest.mark.parametrize(
    ("sign", "below"),
    [
        ("AFP", "\n\nnq/jo/bp"),
        ("ANSA", " (ANSA).\nNQ-JO\n2031-05-06 21:14\nS41 QBXB CRO"),
        ("EFE", " EFE\n\nnq/jo\n\n(foto)(vídeo)"),
        ("PTI", " PTI NQ JO\nBHJ"),
        ("IANS", "\n\n--IANS\nnq/jo"),
        ("Lusa", "\n\nNQ // JO\nLusa/Fim"),
        ("PAP", "\n\n(PAP)\n\nnqu/ joa/ ktl/\n\narch."),
        ("Belga", " (NQU, nl, pr)"),
        ("Hina", "\n\n(Hina) xnq yjo"),
        ("TT", "\n\nNora Quill/TT"),
        ("APA", "\n(Schluss) nq/jo\n\nAPA0412    2031-05-06/21:14"),
        ("Agerpres", "\n\nAGERPRES/(A, AS - autor: Nora Quill, editor: Jan Oak)"),
        ("Xinhua", "\n\nEnditem"),
        ("Reuters", "\n\n((nora.quill@agency.example; +44 555 0199))"),
        ("ČTK", "\n\nnqu joa"),
        ("Xinhua", " Enditem"),
        ("EFE", " EFE nqu/joa"),
        ("ATSH", "\n\n/n.q/j.o/"),
        ("İHA", "\n\n(NQ-JO-Y)\n\n09.04.2031 12:41:09 TSI\n\nNNNN"),
        ("Andina", "\n\n(FIN) NQU/JOA"),
        ("Dow Jones", "\n\nDJG/DJN/nqu/joa"),
        ("dpa-AFX", "/nqu/joa/bhj"),
        ("Nova", " (Nqu)"),
        ("FENA", "\n\n(FENA) N. Q."),
        ("Agenzia Fides", " (Agenzia Fides 9/4/2031)"),
        ("ΚΥΠΕ", "\n\nΚΥΠΕ/ΝΚ/ΙΑ/2031"),
        ("भाषा", "\n\nभाषा नोरा जान\nजान"),
        ("AFP", "\n\n(c)AFP"),
    ],
)
def test_signs_below_a_dispatch(sign: str, below: str) -> None:
    """Signs of the staff, codes of services, times and addresses go, in every order."""
    assert clean(Article(f"MARROW, May 6 ({sign}) - {PROSE}{below}", language="en")).text == PROSE


@pytest.mark.parametrize(
    "below", ["\n\nHear, hear!\n\nso it is", " (EU)", "\n\nby the sea", "\n\nthe sea won", "\n\nnot one day"]
)
def test_words_below_a_dispatch_stay(below: str) -> None:
    """Short words of a sentence are no signs, even if the agency is known."""
    assert clean(Article(f"MARROW, May 6 (ČTK) - {PROSE}{below}", language="en")).text == PROSE + below


@pytest.mark.parametrize("below", ["\n\nnq/jo", "\n\nA B\n\nNQ-JO", "\n\nnora.quill@gazette.example"])
def test_without_an_agency_the_last_line_stays(below: str) -> None:
    """The last line of another text may be the author's."""
    assert clean(Article(PROSE + below, language="en")).text == PROSE + below


def test_keywords_and_subheadline_above_a_dateline() -> None:
    """A line of keywords, a frame and an agency's subheadline are no headline, and the byline there is the author's."""
    head = "BC-US--Mill Pond, 2nd Ld,0210\nMarrow to drain its mill pond\nEds: Updates throughout.\nBy NORA QUILL"
    tail = "\n\n(Additional reporting by Jan Oak in Holt)"
    cleaned = clean(Article(f"{head}\n\nMARROW, Pa. (AP) — {PROSE}{tail}", language="en"))
    assert (cleaned.text, cleaned.byline) == (PROSE, "NORA QUILL")
    assert cleaned.title == "Marrow to drain its mill pond"
    frame = "APA0412 5 CI 0210 II Di, 06.Mai 2031\n\nKommunen/Wasser/Marrow"
    head = "Marrow to drain its mill pond\n\nUtl.: A vote ="
    cleaned = clean(Article(f"{frame}\n\n{head}\n\nMarrow (APA) - {PROSE}", language="en"))
    assert (cleaned.text, cleaned.agency, cleaned.title) == (PROSE, "APA", "Marrow to drain its mill pond")


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("Marrow, May 6, 2031 (AFP) -\n\n", "AFP"),
        ("Marrow (NTB-Nora Quill): ", "NTB"),
        ("मैरो, छह मई (भाषा) ", "भाषा"),
        ("中新社马罗5月6日电 题：池塘与古钟\n\n", "中新社"),
    ],
)
def test_further_datelines(dateline: str, agency: str) -> None:
    """A dateline on a line of its own is no headline; the reporter, a day in words and a title may belong to it."""
    cleaned = clean(Article(dateline + PROSE, language="en"))
    assert (cleaned.text, cleaned.agency, cleaned.title) == (PROSE, agency, None)
