"""The status of an article ``a`` now: the end of an embargo makes it usable, without a change of its row."""

from worker.article import Status

#: SQL of the status.
STATUS = (
    f"CASE WHEN a.status = '{Status.WITHHELD}' AND a.embargoed_until <= now() THEN '{Status.USABLE}' ELSE a.status END"
)
