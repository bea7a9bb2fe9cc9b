"""The web pages and the JSON API. The server renders everything; the pages contain no script.

Stored text is untrusted: templates escape all of it, and the content security policy forbids running anything.
"""
