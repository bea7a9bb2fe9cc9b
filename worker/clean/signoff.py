"""Remove an agency's sign-off (`/ritzau/`, `(PAP)`, `dpa grj rmo`) from the end of the text, and store the agency.

The sign must be in brackets or slashes, or alone on a line with the signs of the staff: a sentence ends in names, too.
"""

import re

from worker.clean.agencies import sign_pattern
from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult

#: The longest sign-off seen has 34 characters.
SIGNOFF_CHARS = 80
#: A sign-off follows a sentence or begins a line.
_PLACE = r"(?P<text>[\s\S]*?(?:[.!?…”\"»’)。！？۔।]|(?=\n)))(?P<gap>\s*)"
_DEVANAGARI = "[\u0900-\u0963\u0970-\u097f]{2,12}"
_FORMS = tuple(
    (re.compile(before), re.compile(after))
    for before, after in (
        # (PAP) · [AFP] · (©NTB) · （新华社） · 【共同】
        # (Hina) xnq yjo · (FENA) N. Q. · (Agenzia Fides 9/4/2031)
        (
            rf"{_PLACE}[(\[（［【〔]©? ?",
            (
                r"(?:/[^()\[\]\n]{1,20}| \d{1,2}/\d{1,2}/\d{4})?[)\]）］】〕][. ]*"
                r"(?:[a-z]{2,5}(?: [a-z]{2,5}){0,3}|(?:[A-Z]\. ?){2,3})?"
            ),
        ),
        # (c)AFP
        (rf"{_PLACE}(?:\([cC]\)|©) ?", r"(?:[ /-]*\d{4})?[. ]*"),
        # भाषा मरा जोन, and one of the names on the next line
        (
            r"(?P<text>[\s\S]*)(?P<gap>\n)",
            rf"(?: {{1,3}}{_DEVANAGARI}){{1,4}}(?:\s*\n{_DEVANAGARI}(?: {_DEVANAGARI}){{0,2}})?\s*",
        ),
        # ＝共同 · ==Kyodo
        (rf"{_PLACE}[＝=]{{1,3}}", r"\s*"),
        # /ritzau/
        (rf"{_PLACE}/ ?", r"(?:/[^\W\d]{2,12})? ?/[. ]*"),
        # --IANS · May. - SAnews.gov.za
        (rf"{_PLACE}(?:--|[—–-]) ?", r"[. ]*"),
        # dpa grj rmo · AFP abc/xyz
        (r"(?P<text>[\s\S]*)(?P<gap>\n)©? ?", r"(?: [a-zà-þ]{1,4}(?:[/-][a-zà-þ]{1,4})*){1,4} *"),
        # PTI ABC DE · behind a sentence as well; a line more with one of the signs may follow
        (_PLACE, r"(?: [A-Z]{2,5}){1,5}(?:\s+[A-Z]{2,4}){0,2}\s*"),
        # EFE nqu/joa, behind a sentence
        (_PLACE, r" [a-z]{2,4}(?:/[a-z]{2,4}){1,3}\s*"),
        # Lusa/Fim · وام/نورا/جان · ΚΥΠΕ/ΝΚ/ΙΑ/2031
        (r"(?P<text>[\s\S]*)(?P<gap>\n)", r"(?:/[^\W\d_]{2,12}){1,3}(?:/\d{4})?\s*"),
        # Mara Ellund/TT
        (r"(?P<text>[\s\S]*)(?P<gap>\n)(?:[^\W\d_][\w’'-]+ ){1,3}[^\W\d_][\w’'-]+ ?/", r"\s*"),
        # AGERPRES/(A - autor: Mara Ellund, editor: Jon Askery)
        (r"(?P<text>[\s\S]*)(?P<gap>\n)", r" ?/ ?\([^()\n]{5,140}\)\s*"),
    )
)
_BARE = (re.compile(_PLACE), re.compile(r"\s*"))
_BULLETS = ("- ", "-- ", "— ", "– ", "• ", "* ")


def take_signoff(text: str, metadata: Metadata) -> StepResult:
    """Remove sign-offs from the end of the text; the agency is stored if none is known."""
    count = 0
    while count <= MAX_LAYERS and (signed := _signoff(text, metadata.agency)):
        kept, agency = signed
        metadata.agency = metadata.agency or agency
        text, count = text[:kept].rstrip(), count + 1
    return StepResult(text, count)


def _signoff(text: str, known: str | None) -> tuple[int, str] | None:
    """Return the length of the text before its sign-off, and the agency; None if it has none.

    The sign of the agency that is ``known`` from the dateline may follow the last sentence without a mark.
    """
    window = text[-SIGNOFF_CHARS:].rstrip()
    for sign in sign_pattern().finditer(window):
        before, after = window[: sign.start()], window[sign.end() :]
        for head_form, rest_form in (*_FORMS, _BARE) if sign.group() == known else _FORMS:
            if rest_form.fullmatch(after) and (head := head_form.fullmatch(before)):
                kept = max(len(text) - SIGNOFF_CHARS, 0) + head.end("text")
                if text[:kept].strip() and not _is_list_entry(head, text[:kept]):
                    return kept, sign.group()
    return None


def _is_list_entry(head: re.Match[str], text: str) -> bool:
    """Return whether the sign is the last entry of a list."""
    return "\n" in head["gap"] and text.rstrip().rsplit("\n", 1)[-1].lstrip().startswith(_BULLETS)
