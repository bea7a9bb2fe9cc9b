"""Reduce the value of an author field to the names of people: without labels, dates, addresses and job titles.

Content management systems put "admin", the name of the site or a whole byline into it. A name is never shortened for
one of its words alone: Theresa May keeps hers.
"""

import re

from worker.dates.words import month_and_weekday

#: Labels before a name. "Von", "di" and "da" also begin names: of these only "von" goes, before two capitals.
_LABEL = re.compile(
    r"\A(?:(?:(?:written|reported|reporting|posted|published|words|story|text|texte|texto|testo|photos?) )?by\b:?"
    r"|(?:by|von|par|por|door|av|af|di|author|authors|autore?s?|autor(?:a|in|en|zy)?|auteurs?|forfatter|skribent|text"
    r"|texte|texto|testo|tekst|автор|текст|作者|記者|记者|文|撰文|글|기자)\s?[:：/／]|(?:記者|记者)\s"
    r"|(?:par|por|door)(?= (?-i:[A-ZÀ-Þ]))|von(?= (?-i:[A-ZÀ-Þ])\S+ (?-i:[A-ZÀ-Þ])))\s*",
    re.IGNORECASE,
)
#: The label before each further name: "Mara Ellund, By Jon Askery".
_LATER_LABEL = re.compile(r"([,;|] ?)by:? (?=[^\W\d_])", re.IGNORECASE)
#: What follows a name in a byline.
_TAIL_LABEL = re.compile(
    r"[\s,;|·•–—-]*\b(?:(?:last |first )?(?:updated|published|posted|modified)\b|aktualisiert\b|veröffentlicht\b|stand:"
    r"|mis à jour\b|publié\b|actualizado\b|publicado\b|atualizado\b|aggiornato\b|pubblicato\b|bijgewerkt\b|oppdatert\b"
    r"|opdateret\b|uppdaterad\b|publicerad\b|обновлено\b|опубликовано\b"
    r"|(?:an?|\d{1,2}) (?:minute|min|hour|hr|day|week|month|year)s? ago\b"
    r"|(?<=\w\s)(?:staff|senior|special) (?:writer|reporter|correspondent)s?\Z).*",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"[(<\[]?\s*(?:mailto:)?[\w.+'%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\s*[)>\]]?")
_HANDLE = re.compile(r"[(]?(?<![\w.])@\w{2,30}[)]?")
_WEB = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_DATE = re.compile(
    r"[\s,;|·•–—-]*(?<!\w)(?:(?P<word>[^\W\d]{2,12})\.?,? )?(?:"
    r"(?P<month>[^\W\d]{3,12})\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?(?: de)? (?P<later>[^\W\d]{3,12})\.?(?:,?(?: de)? \d{4})?"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?!\w).*",
    re.DOTALL,
)
#: Words between a name and a date.
_BEFORE_DATE = frozenset("on am le el il op den dne".split())
_PART = re.compile(r"\s*(?:[;|]|,|\s/\s)\s*")
_JOBS = (
    "(?:writers?|reporters?|correspondents?|editors?|columnists?|staff|contributors?|redakteur(?:in)?|journaliste?"
    "|redactora?|corresponsal|periodista|giornalista|корреспондент)"
)
_JOB = re.compile(
    "(?:(?:the|our|chief|senior|staff|deputy|associate|managing|contributing|business|political|sports?|science|health"
    f"|foreign|special|local|city|web|digital|news) ){{0,3}}{_JOBS}"
)
#: Behind a name and a comma a job title may name the paper: "Mara Ellund, Courier Business Writer".
_JOB_BEHIND_NAME = re.compile(rf"(?:[\w’']+ ){{0,4}}{_JOBS}(?: (?:at|for|of) .*)?")
_NO_NAMES = frozenset(
    """
    admin|administrator|root|user|username|user name|webmaster|web master|guest|anonymous|unknown|none|null|undefined
    nan|n/a|na|test|author|authors|by|writer|byline|staff|staff writer|staff writers|staff reporter|staff report
    news staff|web staff|our staff|staff correspondent|news desk|newsdesk|web desk|webdesk|online desk|desk|newsroom
    news room|editor|editors|editorial|editorial staff|editorial team|editorial board|the editors|team|contributor
    contributors|guest author|guest contributor|last updated|updated|published|posted|posted by|share|share this
    follow|follow us|tweet|read more|view all posts|about the author|more from this author|subscribe|comments
    advertisement|sponsored|press release|redaktion|die redaktion|online-redaktion|redaktionen|redaktionell|gastautor
    rédaction|la rédaction|redaction|la redaction|redacción|la redacción|redaccion|redazione|la redazione|redação
    da redação|redacao|redactie|de redactie|redakcja|redakce|redakcia|szerkesztőség|toimitus|редакция
    редакція|autor|auteur|autore|администратор|編集部|编辑部|編輯部|本報訊|本报讯|記者|记者|편집부|관리자
    """.replace("\n", "|").split("|")
)
#: What a program writes for a name that it lacks: {{author}}, %author%, [object Object].
_TEMPLATE = re.compile(r"[{$%\[<]{1,3}\s?[\w .-]{1,40}\s?[}%\]>]{1,3}")
_NO_NAME_WORDS = frozenset(" ".join(name.split()) for name in _NO_NAMES if name.strip())
_EDGES = ' \t,;:|·•–—-/*"“”„‟«»‹›「」『』'
#: A longer value is a text in the wrong field, and is kept as it is.
_LONGEST = 300


def author_names(value: str | None, source: str | None, url: str | None) -> str | None:
    """Return the names in ``value``; None if it holds a label, an address or the name of the site alone."""
    if value is None or len(value) > _LONGEST:
        return value
    text = _WEB.sub(" ", _HANDLE.sub(" ", _ADDRESS.sub(" ", value))).strip(_EDGES)
    text = _TAIL_LABEL.sub("", _LABEL.sub("", text))  # "Posted by Mara Ellund" begins like a tail
    text = _without_date(_LABEL.sub("", text.strip(_EDGES)))
    sites = _site_names(source, url)
    text = _LATER_LABEL.sub(r"\1", text)
    parts = _PART.split(text)
    names = list(dict.fromkeys(name for part in parts if (name := _trimmed(part))))
    people = [name for index, name in enumerate(names) if _is_name(name, sites, _JOB_BEHIND_NAME if index else _JOB)]
    if people == names and len(names) == len(parts):
        return _trimmed(text) or None
    # A job title is a fact about the one before it, and no name: "Mara Ellund, Staff Writer".
    return ", ".join(dict.fromkeys(people)) or None


def _without_date(text: str) -> str:
    start = 0
    while match := _DATE.search(text, start):
        words = [match[name] for name in ("month", "later") if match[name]]
        if not words or month_and_weekday(words[0])[0]:
            word = match["word"] or ""
            kept = "" if word.lower() in _BEFORE_DATE or month_and_weekday(word) != (0, False) else word
            return f"{text[: match.start()]} {kept}"
        start = match.start() + 1  # "Mara Ellund 20 mai": Ellund is no month, mai is
    return text


def _trimmed(text: str) -> str:
    text = " ".join(text.split()).strip(_EDGES)
    while text.startswith("(") and text.endswith(")"):  # `address (name)` in RSS
        text = text[1:-1].strip(_EDGES)
    return text.removesuffix("()").strip(_EDGES)


def _is_name(text: str, sites: frozenset[str], job: re.Pattern[str]) -> bool:
    folded = text.casefold().strip(" .[]<>()")
    return (
        any(letter.isalpha() for letter in folded)
        and folded not in _NO_NAME_WORDS
        and _TEMPLATE.fullmatch(text) is None
        and _squeezed(folded) not in sites
        and job.fullmatch(folded) is None
    )


def _site_names(source: str | None, url: str | None) -> frozenset[str]:
    host = re.sub(r"\A(?:https?://)?(?:www\.)?|[/?#:].*\Z", "", (url or "").lower()) if url else ""
    names = {_squeezed(name) for name in (source or "", host, host.rpartition(".")[0])}
    return frozenset(name for name in (*names, *(f"the{name}" for name in names)) if len(name) > 3)


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
