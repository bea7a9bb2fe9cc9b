"""Tests of the fingerprint: the SimHash is that of the `simhash` package, and the same on every machine."""

from hypothesis import given, settings
from hypothesis import strategies as st
from simhash import Simhash

from worker.features import features
from worker.fingerprint import fingerprint, fingerprints
from worker.fingerprint.simhash import hamming
from worker.reference.fingerprint import expand

WORDS = st.lists(
    st.sampled_from(["harbour", "barge", "gravel", "Thornbury", "900", "1,250.5", "crew", "storm", "Crale"])
)


@given(WORDS)
@settings(max_examples=60)
def test_bits_are_those_of_the_package(words: list[str]) -> None:
    """The SimHash has the bits of the `simhash` package for the same words and weights."""
    f = features(" ".join(words), None, "en")
    stems, weights = f.column("words").tolist(), f.column("weights").tolist()
    if not stems:
        assert fingerprint(f).simhash == bytes(32)
        return
    digests = {str(stem): expand(stem) for stem in stems}
    weighted = [(str(stem), float(round(weight * 16))) for stem, weight in zip(stems, weights, strict=True)]
    package = Simhash(weighted, f=256, hashfunc=lambda name: digests.get(name.decode(), bytes(32)))
    assert fingerprint(f).simhash == package.value.to_bytes(32, "big")


def test_the_same_on_every_machine() -> None:
    """A known fingerprint stays the same until VERSION is raised."""
    computed = fingerprint(features("The barge sank near the lighthouse of Velmouth.", None, "en"))
    assert computed.text_hash.hex() == "16de22f5022be25c8d7f6054a8b356a1"
    assert computed.simhash.hex() == "a20dc17f8864c27e740b6f1a811525a8732bf09e26dbe15e569ad87e0f4d369e"
    assert computed.sketch.tolist() == [-2053790132, -1071185625, 460032574, 1293866784, 1299832408]


def test_distance_counts_bits() -> None:
    """The distance is the number of different bits."""
    assert hamming(bytes(32), bytes(32)) == 0
    assert hamming(bytes(32), b"\xff" * 32) == 256
    assert hamming(bytes(32), bytes(31) + b"\x05") == 2


def test_text_without_words() -> None:
    """A text without content words has an all-zero SimHash and no keys."""
    for text in ("", " \n ", "!!! --- ???", "the of and"):
        computed = fingerprint(features(text, None, "en"))
        assert computed.simhash == bytes(32)
        assert computed.sketch.tolist() == []
        assert computed.words == 0


def test_exact_means_the_same_words() -> None:
    """Case, layout and punctuation do not change the text hash; another word does."""
    original, same, changed = (
        fingerprint(features(text, None, "en")).text_hash
        for text in ("Barge sinks;  crew SAFE", "barge sinks\ncrew safe.", "Barge sinks; crew saved")
    )
    assert original == same != changed


@given(
    st.lists(st.tuples(st.text(max_size=80) | WORDS.map(" ".join), st.sampled_from(["en", "zh", "und"])), max_size=70)
)
@settings(max_examples=60)
def test_fingerprints_of_a_batch_are_those_of_its_articles(texts: list[tuple[str, str]]) -> None:
    """The fingerprint of an article does not depend on the other articles of its batch."""
    batch = [features(text, None, language) for text, language in texts]
    for together, alone in zip(fingerprints(batch), map(fingerprint, batch), strict=True):
        assert together.sketch.tolist() == alone.sketch.tolist()
        assert (together.simhash, together.text_hash, together.words) == (alone.simhash, alone.text_hash, alone.words)
