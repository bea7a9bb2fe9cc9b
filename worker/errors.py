"""The errors that Copydesk raises: some are never retried, others are.

The message is a sentence for an editor: what, where, what to do.
"""


class CopydeskError(Exception):
    """Any error that Copydesk itself raises."""


class QuarantineError(CopydeskError):
    """The file or record can't be processed as it is: record the reason, do not retry."""


class RetryError(CopydeskError):
    """Something other than the file is missing for now (a server, a folder, a lock): retry later."""


class ObjectError(RetryError):
    """One object of a bucket can't be read: it was replaced, or the storage refuses it. Others can be."""


class KernelError(RetryError):
    """The compiled kernel is at fault, not the file that was processed: report it, keep the file waiting."""


class MissingBytesError(CopydeskError):
    """The kept bytes of a file are gone, and those of other files are there: someone removed them."""


class OutOfTimeError(BaseException):
    """The time of a task is over. Not an ``Exception``, so that no library takes it for one of its own and goes on."""


class SettingsError(CopydeskError):
    """The configuration is invalid; the message says which setting and what to change."""
