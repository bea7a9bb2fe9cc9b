"""Check the differences as a command prints them."""

import pytest

from worker.cli.marked import print_differences
from worker.explain.differences import differences


@pytest.mark.parametrize(
    ("first", "second", "printed"),
    [
        (
            "Nobody knows it, said Tomas Averill, who teaches river law in Port Sarrel.",
            "Tomas Averill, who teaches river law in Port Sarrel.",
            "[-Nobody knows it, said-] Tomas Averill, who teaches river law in Port Sarrel.",
        ),
        (
            "Drought did in one winter what diplomats could not.\n\nNot everybody is pleased with the pact.",
            "Drought did in one winter what diplomats could not.",
            "Drought did in one winter what diplomats could not.\n\n[-Not everybody is pleased with the pact.-]",
        ),
        (
            "They divide the water of the High Lorran dam this spring.\n\nFarmers object.",
            "They divide the water of the High Lorran river.\n\nFarmers object.",
            "They divide the water of the High Lorran [-dam this spring-] {+river+}.\n\nFarmers object.",
        ),
    ],
)
def test_words_of_two_texts_never_touch(
    first: str, second: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words that are apart in one of the texts are apart in the printed differences, and paragraphs stay paragraphs."""
    print_differences(differences(first, second))
    assert capsys.readouterr().out == printed + "\n"
