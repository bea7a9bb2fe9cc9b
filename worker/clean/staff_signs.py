"""Remove what an agency's desk sets below a dispatch: signs of the staff, codes of services, times, addresses.

`nq/jo`, `NQ // JO`, `S41 QBXB CRO`, `2031/05/06 21:14 송고`. Only below a text whose agency is known: in another text
the last line may be the author's.
"""

import re

from worker.clean.metadata import MAX_LAYERS, Metadata, StepResult
from worker.clean.wordlist import COMMON, word_list

#: The longest line seen, of a correspondent's addresses, has 100 characters.
_WINDOW = 200
_LOWER = "[a-zà-þა-ჿа-я]"
_ADDRESS = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_STAMP = r"\d{4}[-/.／]\d\d[-/.／]\d\d[-/ －]\d\d[:：]\d\d"
#: 09.04.2031 12:41:09 TSI · 09-Apr-31 12:41
_DAY_STAMP = r"\d{1,2}(?:\.\d\d\.\d{4}|-[^\W\d_]{3}-\d\d)(?: -)? \d\d[:.]\d\d(?::\d\d)?(?: [A-Z]{2,4})?"
_EDITOR = r"[（(](?:編輯|编辑|責任編輯)[:：][^（）()\n]{2,30}[）)]\d{0,8}"
#: Whole lines.
_LINES = (
    # nq/jo/bp · nqu/ joa/ · xnq yjo · - nqu -
    rf"{_LOWER}{{1,5}}(?: ?[/-] ?{_LOWER}{{1,5}}){{1,5}}/?",
    rf"(?:{_LOWER}{{2,5}}/ ?){{1,4}}",
    rf"- ?{_LOWER}{{2,5}} ?-",
    # nqu joa · /n.q/j.o/ · ن.ق
    rf"(?P<bare>{_LOWER}{{3}}(?: {_LOWER}{{3}}){{1,2}})",
    rf"/(?:{_LOWER}\.?){{1,3}}(?:/(?:{_LOWER}\.?){{1,3}}){{0,2}}/",
    r"[\u0621-\u064a](?:\.[\u0621-\u064a]){1,2}\.?",
    # (NQ-JO-Y) · (FIN) NQU/JOA · DJG/DJN/nqu/joa · NNNN
    r"\([A-ZÇĞİÖŞÜ]{2,3}(?:[-/][A-ZÇĞİÖŞÜ]{1,3}){1,3}\)",
    r"\((?:FIN|Fin)\)(?: [A-Z]{2,4}(?:/[A-Z]{2,4}){0,3})?",
    r"[A-Z]{3}(?:/[A-Z]{3}){0,2}(?:/[a-z]{2,4}){1,3}|NNNN",
    # NQ-JO · NQ // JO · /НК/ · ./.NQU/JOA/
    r"[A-Z]{2,4}(?: ?(?://|[/-]) ?[A-Z]{2,4}){1,3}",
    r"/[^\W\d_]{2,4}(?:/[^\W\d_]{2,4})?/",
    r"\./\.(?:[A-Za-z]{2,4}/?){0,4}",
    # (foto)(vídeo) · arch.
    r"(?:\((?:fotos?|vídeos?|videos?|audios?|gráficos?|infografía|photos?)\) ?){1,4}",
    r"arch\.|Enditem\.?|end|/{1,2} ?انتهى ?/{1,2}|\(끝\)",
    # S41 QBXB CRO · 2031-05-06 21:14 · （2031/05/06-21:14） · APA0412 2031-05-06/21:14 · 21:14 ت م
    r"[A-Z]\d{2} [A-Z]{3,4}(?: [A-Z]{3})?",
    rf"[(（]?{_STAMP}(?: ?(?:송고|KST|JST|GMT|UTC))?[)）]?|[A-Z]{{2,4}}\d{{3,4}} {{1,6}}{_STAMP}|\d\d:\d\d ت م",
    _DAY_STAMP,
    _EDITOR,
    # nora@agency.example; +44 555 0199 · ((nora@agency.example; …))
    rf"{_ADDRESS}(?:[;,|] [^\n]{{1,100}})?|\(\({_ADDRESS}[^\n]{{0,120}}\)\)",
    r"\(Schluss\)(?: [a-z]{2,4}(?:/[a-z]{2,4}){0,3})?|\(END\)(?: Dow Jones Newswires)?",
)
_LINE = re.compile(rf"\n[ \n]*(?:{'|'.join(f'(?:{line})' for line in _LINES)})\s*\Z")
#: Behind a sentence: (NQU, nl, pr) · (Nqu) · (NQ/JO) · /nqu/joa · （2031/05/06-21:14）
_BEHIND = re.compile(
    r"(?<=[.!?…”\"»])(?: ?\((?:[A-Z]{3}(?:, ?[A-Z]{3})?(?:, ?[a-z]{2,3}){1,3}|[A-Z][a-z]{2}(?:/[A-Z][a-z]{2})?"
    r"|[A-Z]{2}/[A-Z]{2})\)|/[a-z]{2,4}(?:/[a-z]{2,4}){0,4})\s*\Z"
    rf"|(?<=[。」])(?:[(（]{_STAMP}[)）]|{_EDITOR})\s*\Z|(?<=[.!?…”\"»]) Enditem\.?\s*\Z"
)


def take_staff_signs(text: str, metadata: Metadata) -> StepResult:
    """Remove the lines of the desk from the end of a text whose agency is known."""
    count = 0
    while metadata.agency and count <= MAX_LAYERS:
        window = text[-_WINDOW:]
        found = _LINE.search(window) or _BEHIND.search(window)
        if found and found.re is _LINE and found["bare"] and _are_words(found["bare"], metadata.language_of(text)):
            break
        kept = text[: len(text) - len(window) + found.start()].rstrip() if found else ""
        if not kept:
            break
        text, count = kept, count + 1
    return StepResult(text, count)


def _are_words(line: str, language: str) -> bool:
    """Return whether a line of short words has a word of the language: `the sea won` is the author's."""
    return max(word_list(language).zipfs(line.split())) >= COMMON
