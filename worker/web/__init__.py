"""The pages and the API: what the store tells goes in, HTML and JSON come out, rendered here without any script.

Stored text is foreign: templates escape all of it, and the content security policy would run nothing anyway.
"""
