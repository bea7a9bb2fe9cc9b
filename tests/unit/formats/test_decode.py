"""Encodings that are decoded, detected or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QuarantineError
from worker.formats.decode import MAX_JUNK, decode, repair

GERMAN = "Die Bürger von Käferfurt müssen größere Gebühren zahlen – „so früh wie möglich“, heißt es."
POLISH = "Burmistrz Zażółcina powiedział, że żłobek będzie otwarty już w następny wtorek wieczorem."
RUSSIAN = "Мэр города Верховье сообщил, что новый мост через реку откроют в конце следующей недели."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"]
)
def test_german_text_is_decoded_from_every_encoding(encoding: str) -> None:
    """With and without a byte order mark, the text is the same and contains no mark."""
    assert decode(GERMAN.encode(encoding)).text == GERMAN


@pytest.mark.parametrize(("text", "encoding"), [(POLISH, "cp1250"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r")])
def test_other_code_pages_are_detected(text: str, encoding: str) -> None:
    """Eastern European code pages are distinguished from the Western one and from each other."""
    assert decode(text.encode(encoding)).text == text


def test_german_cp1252_is_not_mistaken_for_cp1250() -> None:
    """The detector alone says cp1250; the rule for Western European text runs before it."""
    assert decode(GERMAN.encode("cp1252")).encoding == "cp1252"


def test_a_declared_charset_is_used_if_utf8_fails() -> None:
    """A page that declares a Turkish charset is decoded with it, not as Western European."""
    text = "Belediye başkanı yeni köprünün açılışını erteledi."
    assert decode(text.encode("iso8859_9"), declared="ISO-8859-9").text == text


@pytest.mark.parametrize("declared", ["", "no-such-charset", "rot13", "idna", "undefined", "hex", "\0", "utf-7"])
def test_a_useless_declaration_does_no_harm(declared: str) -> None:
    """A declared charset that is not a text encoding is ignored."""
    assert decode(GERMAN.encode("cp1252"), declared).text == GERMAN


def test_one_broken_byte_costs_one_character() -> None:
    """A text in UTF-8 with one bad byte is still decoded as UTF-8; the loss is reported."""
    decoded = decode(GERMAN.encode() + b" \xff " + GERMAN.encode())
    assert (decoded.encoding, decoded.text.count("\ufffd")) == ("utf-8", 1)
    assert 0 < decoded.replaced_ratio < MAX_JUNK


def test_mojibake_passes_through() -> None:
    """Text that was decoded wrongly before is valid UTF-8: cleaning repairs it."""
    broken = GERMAN.encode().decode("latin-1")
    assert decode(broken.encode()).text == broken


def test_nul_characters_are_dropped() -> None:
    """Postgres refuses them, and no text needs them."""
    assert decode(b"The mayor\0 spoke on Monday about the new bridge.\0").text == (
        "The mayor spoke on Monday about the new bridge."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 500,
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0" * 9,
        b"\1\2\3\4\5 words between",
    ],
)
def test_junk_is_refused(data: bytes) -> None:
    """A file with more than a twentieth of unreadable characters is not a text."""
    with pytest.raises(QuarantineError):
        decode(data)


def test_lone_surrogates_become_the_replacement_character_and_pairs_their_own() -> None:
    """JSON may contain surrogates; UTF-8 may not."""
    assert repair("a\ud800b\udc00c\0 \ud83d\ude00") == "a\ufffdb\ufffdc \U0001f600"


@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_any_bytes_give_storable_text_or_the_projects_error(data: bytes, declared: str | None) -> None:
    """For any input, the text contains no NUL and no surrogate."""
    try:
        text = decode(data, declared).text
    except QuarantineError:
        return
    assert "\0" not in text
    text.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffd"), min_size=1))
def test_valid_utf8_is_unchanged(text: str) -> None:
    """Valid UTF-8 is never changed."""
    assert decode(text.encode()).text == text
