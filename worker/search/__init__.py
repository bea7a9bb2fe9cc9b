"""What a search compares: the words of a text, the parsed query, and the fragment that shows the words that were found.

Texts, queries and fragments are divided into words by the same function, so that what is shown is what was compared.
``worker/store/search_index.py`` stores the words, ``worker/store/read/search.py`` looks them up.
"""
