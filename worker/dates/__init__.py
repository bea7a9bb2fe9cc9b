"""Read dates as feeds, agencies, pages, mails and databases write them: the right moment or none.

``written.parse_written`` reads a string; ``zones`` knows the names of time zones, ``words`` the names of months.
"""
