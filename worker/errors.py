"""The two kinds of error: one is never tried again, the other is.

An exception's message is a sentence for an editor: what, where, what to do.
"""


class CopydeskError(Exception):
    """Any error that Copydesk itself raises."""


class QuarantineError(CopydeskError):
    """The file or record can never be processed as it is: record the reason, never retry."""


class RetryError(CopydeskError):
    """Something outside the file is missing for now (a server, a folder, a lock): try again later."""


class SettingsError(CopydeskError):
    """The configuration can't work; the message says which setting and what to change."""
