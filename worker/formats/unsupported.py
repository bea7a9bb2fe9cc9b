"""Formats that are recognised by their first bytes and refused with advice.

Each row: name, pattern of the first bytes (None if the registry decides in another way), advice.
"""

_PICTURE = "It is a picture: send the text that belongs to it, or recognise its text (OCR) first."
_SOUND = "It is a sound or video recording: send its transcript."
_OFFICE = "It is an office document: save it as PDF, HTML or plain text."
_EBOOK = "It is an e-book: unpack it as a .zip archive and send the .xhtml files of its articles, or save it as text."
_PACKED = "It is packed in a way that is not opened here: unpack it, or use .gz, .zst, .tar or .zip."
_PROGRAM = "It is a program or a database, not a text."

UNSUPPORTED = (
    ("png", rb"\x89PNG\r\n\x1a\n", _PICTURE),
    ("jpeg", rb"\xff\xd8\xff", _PICTURE),
    ("gif", rb"GIF8[79]a", _PICTURE),
    ("webp", rb"RIFF[\s\S]{4}WEBP", _PICTURE),
    ("tiff", rb"II\*\x00|MM\x00\*", _PICTURE),
    ("heic", rb"[\s\S]{4}ftyp(?:heic|heix|mif1|avif)", _PICTURE),
    ("djvu", rb"AT&TFORM", _PICTURE),
    ("mp4", rb"[\s\S]{4}ftyp", _SOUND),
    ("mp3", rb"ID3[\x02-\x04]", _SOUND),
    ("ogg", rb"OggS\x00", _SOUND),
    ("riff", rb"RIFF[\s\S]{4}(?:WAVE|AVI )", _SOUND),
    ("matroska", rb"\x1aE\xdf\xa3", _SOUND),
    ("office", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    ("rtf", rb"\{\\rtf", _OFFICE),
    ("postscript", rb"%!PS", "It is PostScript: save it as PDF."),
    ("sevenzip", rb"7z\xbc\xaf\x27\x1c", _PACKED),
    ("rar", rb"Rar!\x1a\x07", _PACKED),
    ("bzip2", rb"BZh[1-9]1AY&SY", _PACKED),
    ("xz", rb"\xfd7zXZ\x00", _PACKED),
    ("elf", rb"\x7fELF", _PROGRAM),
    ("sqlite", rb"SQLite format 3\x00", _PROGRAM),
    ("parquet", rb"PAR1", "It is a Parquet table: export its articles as JSON lines."),
    ("xml", None, "It is XML of an unknown kind: NITF, NewsML, RSS and Atom are read; save it as HTML or text."),
    ("ooxml", None, _OFFICE),
    ("epub", None, _EBOOK),
    ("mobi", rb"[\s\S]{60}BOOKMOBI", "It is an e-book for the Kindle: convert it to text or HTML."),
)
