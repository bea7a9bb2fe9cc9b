"""Invented names of people, places, companies and banks: by one random generator, each different."""

import random
from collections.abc import Callable, Iterator

_STARTS = (
    "Al Bar Bren Cal Cor Dal Dor Ed Fal Gar Hal Har Is Jor Kel Lan Mar Nor Os Per Quel Ros Sel Tor Ul Var Wen".split()
)
_MIDDLES = ["", "", "de", "ga", "la", "mo", "ne", "ri", "va", "we"]
_ENDS = "berg by dale den ford ham holm ick lin mar mont nau rup sund ton vik wick".split()
_FIRST = (
    "Ada Anton Bela Carla Dirk Edda Emil Frida Gustav Hanne Ivo Jutta Karel Lena Milo Nora Otto Petra Rolf Vera".split()
)
_TRADES = (
    "Airways|Chemical Corp|Electronics|Foods Inc|Freight Lines|Glass Works|Industries|Insurance Group|Machine Tools"
    "|Mining|Oil and Gas|Paper Co|Power and Light|Savings Bank|Shipyards|Steel Corp|Stores|Telephone|Textiles"
).split("|")
_BANKS = "Bank|Banking Corp|International Ltd|Securities|and Sons|Capital Markets".split("|")


class Names:
    """Gives names that it has not given before."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def place(self) -> str:
        """Return a town."""
        return self._new(self._word)

    def person(self) -> str:
        """Return a first name and a family name."""
        return f"{self._rng.choice(_FIRST)} {self._new(self._word)}"

    def company(self) -> str:
        """Return a company, with its trade."""
        return f"{self._new(self._word)} {self._rng.choice(_TRADES)}"

    def bank(self) -> str:
        """Return a bank."""
        return f"{self._new(self._word)} {self._rng.choice(_BANKS)}"

    def some(self, name: Callable[[], str], count: int) -> Iterator[str]:
        """Yield several names of one kind."""
        return (name() for _ in range(count))

    def _word(self) -> str:
        choose = self._rng.choice
        return choose(_STARTS) + choose(_MIDDLES) + choose(_ENDS)

    def _new(self, draw: Callable[[], str]) -> str:
        while (name := draw()) in self._given:
            pass
        self._given.add(name)
        return name
