"""The status of an article ``a`` now: the end of an embargo makes it usable, without a change of its row."""

from worker.article import PublicationStatus

#: SQL of the status.
STATUS = (
    f"CASE WHEN a.status = '{PublicationStatus.WITHHELD}' AND a.embargoed_until <= now()"
    f" THEN '{PublicationStatus.USABLE}' ELSE a.status END"
)
