"""What a process loads when it reads its first texts, for parents whose forked children then need not."""

from worker.article import Article
from worker.clean import clean
from worker.dates.words import month_and_weekday
from worker.features import features
from worker.fingerprint.simhash import simhashes
from worker.language.detect import model

_TEXT = "Bakers in Lindow will open an hour later from May, because flour comes by the slow train."


def load_tables() -> None:
    """Load the rules, the model of languages, the lists of words and the names of months."""
    model()  # not every text needs it
    cleaned = clean(Article(_TEXT, "Bread comes later"))
    simhashes([features(cleaned.text, cleaned.title, cleaned.language)])
    month_and_weekday("Mai")
