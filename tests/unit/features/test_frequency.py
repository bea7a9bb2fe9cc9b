"""Tests of word frequencies, which must not depend on the hash seed of the process."""

import subprocess
import sys

import numpy as np
import pytest
import wordfreq

from worker.features.frequency import frequencies
from worker.kernel import library

_ASK = "from worker.features.frequency import frequencies; print(frequencies('en').rarities(['kp', '火']).tolist())"


@pytest.mark.parametrize("seed", ["1", "3"])
def test_frequencies_do_not_depend_on_the_hash_seed(seed: str) -> None:
    """A word has the same frequency whatever Python's hash seed is: else fingerprints would differ by process."""
    completed = subprocess.run(
        [sys.executable, "-c", _ASK], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert completed.stdout.strip() == "[589, 779]"


@pytest.mark.parametrize("language", ["en", "da", "ja"])
def test_lists_are_read_as_their_own_package_reads_them(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of a list, large or small, have the frequency that `wordfreq` itself reads."""
    levels = wordfreq.read_cBpack(wordfreq.available_languages()[language])
    frequency_list = frequencies(language)
    assert frequency_list is not None
    assert len(frequency_list.hashes) == sum(map(len, levels))
    samples = [(word, level) for level, words in enumerate(levels) for word in words[:50]]
    assert frequency_list.rarities([word for word, _ in samples]).tolist() == [level for _, level in samples]
    monkeypatch.setattr(library, "loaded", None)
    without_kernel = frequencies.__wrapped__(language)
    assert without_kernel is not None
    assert np.array_equal(without_kernel.hashes, frequency_list.hashes)
    assert np.array_equal(without_kernel.centibels, frequency_list.centibels)


def test_an_unlisted_word_has_no_frequency() -> None:
    """An unlisted word has rarity -1, whatever it is, and the order of the words is kept."""
    frequency_list = frequencies("en")
    assert frequency_list is not None
    words = ["the", "", "zzqxv" * 40, "\0", "\ud83d", "the"]
    rarities = frequency_list.rarities(words).tolist()
    assert rarities == [rarities[0], -1, -1, -1, -1, rarities[0]]
    assert rarities[0] > 0
    assert frequency_list.rarities([]).tolist() == []


def test_a_language_without_a_list_has_none() -> None:
    """A language that `wordfreq` does not know has no frequencies."""
    assert frequencies("la") is None
