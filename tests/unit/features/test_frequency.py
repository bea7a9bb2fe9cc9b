"""How frequent a word is depends on no process's own hashes."""

import subprocess
import sys

import pytest
import wordfreq

from worker.features.frequency import frequencies
from worker.kernel import library

_ASK = "from worker.features.frequency import frequencies; print(frequencies('en').zipfs(['kp', '火']).tolist())"


@pytest.mark.parametrize("seed", ["1", "3"])
def test_words_of_the_same_bytes_are_two(seed: str) -> None:
    """Whatever Python's hashes are, a word has its own frequency: else fingerprints differ by process."""
    told = subprocess.run(
        [sys.executable, "-c", _ASK], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[3.2, 1.3]"


@pytest.mark.parametrize("language", ["en", "da", "ja"])
def test_lists_are_read_as_their_own_package_reads_them(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of a list, large or small, has the frequency that `wordfreq` itself finds in it."""
    levels = wordfreq.read_cBpack(wordfreq.available_languages()[language])
    listed = frequencies(language)
    assert listed is not None
    assert len(listed.keys) == sum(map(len, levels))
    some = [(word, level) for level, words in enumerate(levels) for word in words[:50]]
    assert listed.rarities([word for word, _ in some]).tolist() == [level for _, level in some]
    monkeypatch.setattr(library, "loaded", None)
    assert listed.rarities([word for word, _ in some]).tolist() == [level for _, level in some]


def test_an_unlisted_word_has_no_frequency() -> None:
    """What no list holds is told apart from what is rare, whatever the word is, and the others keep their places."""
    listed = frequencies("en")
    assert listed is not None
    words = ["the", "", "zzqxv" * 40, "\0", "\ud83d", "the"]
    found = listed.rarities(words).tolist()
    assert found == [found[0], -1, -1, -1, -1, found[0]]
    assert found[0] > 0
    assert listed.rarities([]).tolist() == []


def test_a_language_without_a_list_has_none() -> None:
    """Where `wordfreq` knows no words, nothing is made up."""
    assert frequencies("la") is None
