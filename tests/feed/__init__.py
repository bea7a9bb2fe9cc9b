"""A generated feed with labels: what an agency and several outlets send in two weeks, with invented names.

Templates, follow-ups, recurring reports, independent reports of one event, items on one product and articles in a long
page frame, of which none is a copy of another; and copies of every kind. `python -m tests.feed FOLDER` writes it as a
corpus for `copydesk evaluate`.
"""
