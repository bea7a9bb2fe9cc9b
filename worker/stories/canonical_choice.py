"""Choose the canonical article of each of many stories, and what its copies are to it: without the database.

The caller says which texts a story has and loads their features; so the service and bulk choose alike.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from worker.article import PublicationStatus, Relation
from worker.features import Features
from worker.match import Member, Verdict, choose_canonical, compare_alone, verdicts
from worker.store import stories
from worker.store.revisions import SentText
from worker.stories.revisions import is_revision
from worker.stories.sources import OWN_DISPATCH, agency_keys, source_key, source_ranks

#: Maximum number of copies to choose from (see `eligible`): their features are loaded under the placement lock, and
#: comparing a dozen takes .5 ms, 64 take 3.4 ms.
MOST_MEMBERS = 12
#: The canonical article is one of this many texts, the first that were stored: choosing again would cost more with
#: every copy and change it hardly ever.
FINAL_TEXTS = 64
#: Texts whose lengths differ by less than this factor are equally long, so that an added line does not make one
#: eligible instead of another.
_EQUALLY_LONG = 1.25
#: The status of texts that may be canonical: the first that any text has.
_STATUS_ORDER = (PublicationStatus.USABLE, PublicationStatus.WITHHELD, PublicationStatus.WITHDRAWN)
_OTHERS_NOT_USABLE = "Its provider lets it be used, unlike other copies."
_NEWEST = "It is the newest version that its provider sent under one id."

#: Returns the verdict on two articles, in this order, or None if they were not compared.
VerdictLookup = Callable[[int, int], Verdict | None]
#: Returns the features of these articles.
FeatureLoader = Callable[[Iterable[int]], Mapping[int, Features]]


def allowed(texts: Sequence[stories.CanonicalCandidate]) -> list[stories.CanonicalCandidate]:
    """Return the texts of a story that may be canonical: the usable ones, else the withheld ones, else all."""
    for status in _STATUS_ORDER:
        if allowed := [text for text in texts if text.status == status]:
            return allowed
    return []


def choose_among(
    load: FeatureLoader,
    members: Mapping[int, Sequence[stories.CanonicalCandidate]],
    newest: Mapping[int, Collection[int]],
    preferred_sources: Sequence[str],
) -> dict[int, tuple[int, str]]:
    """Return (canonical article, reason) of stories with several texts: one of ``newest`` if there are any."""
    preferred = source_ranks(preferred_sources)
    ranks = {story: preferred | _own_dispatches(texts) for story, texts in members.items()}
    permitted = {story: allowed(texts) for story, texts in members.items()}
    candidates = {
        story: eligible([t for t in texts if not newest[story] or t.id in newest[story]], ranks[story])
        for story, texts in permitted.items()
    }
    features = load([text.id for texts in candidates.values() for text in texts])
    chosen = {}
    for story, texts in candidates.items():
        i, reason = choose_canonical(
            [Member(features[t.id], t.seen_at, t.faults, _rank(t, ranks[story]), t.id) for t in texts]
        )
        if newest[story]:
            reason = _NEWEST if len(texts) == 1 else f"{_NEWEST} {reason}"
        if len(permitted[story]) < len(members[story]):
            reason = _OTHERS_NOT_USABLE
        chosen[story] = texts[i].id, reason
    return chosen


def _rank(member: stories.CanonicalCandidate, ranks: Mapping[str, int]) -> int:
    return ranks.get(source_key(member.source or ""), len(ranks))


def _own_dispatches(texts: Sequence[stories.CanonicalCandidate]) -> dict[str, int]:
    """Return key -> rank of the agencies that texts of a story are credited to: their own copies come first."""
    agencies = {text.agency for text in texts if text.agency}
    return dict.fromkeys(agency_keys(agencies), OWN_DISPATCH) if agencies else {}


def eligible(
    members: Sequence[stories.CanonicalCandidate], ranks: Mapping[str, int]
) -> list[stories.CanonicalCandidate]:
    """Return the texts from which the canonical article is chosen, by id; ``ranks`` are those of preferred sources.

    These are half the longest, of which one is the most complete, and half those that win among equally complete ones.
    It depends on the texts alone: neither on which of them are new nor on what was canonical before.
    """
    first = sorted(members, key=lambda m: m.id)[:FINAL_TEXTS]
    if len(first) <= MOST_MEMBERS:
        return first
    first.sort(key=lambda m: (_rank(m, ranks), m.faults, m.seen_at, m.id))
    longest = sorted(first, key=lambda m: -int(math.log(max(m.words, 1), _EQUALLY_LONG)))[: MOST_MEMBERS // 2]
    others = [m for m in first if m not in longest]
    return sorted([*longest, *others[: MOST_MEMBERS - len(longest)]], key=lambda m: m.id)


def relations_to(
    load: FeatureLoader,
    canonical_of: Mapping[int, int],
    judged: VerdictLookup,
    sent: Mapping[int, SentText],
) -> dict[int, tuple[str, float]]:
    """Return article -> (relation, similarity) to its canonical article; all are different texts."""
    copies = [(article, canonical) for article, canonical in canonical_of.items() if article != canonical]
    known = {pair: verdict for pair in copies if (verdict := judged(*pair))}
    unknown = [pair for pair in copies if pair not in known]
    features = load({article for pair in unknown for article in pair})
    evidence = compare_alone([(features[a], features[b]) for a, b in unknown], [None] * len(unknown), whole=False)
    known |= zip(unknown, verdicts(evidence), strict=True)
    relations: dict[int, tuple[str, float]] = dict.fromkeys(canonical_of, (Relation.ORIGINAL, 1.0))
    for pair in copies:
        # a different text is no exact copy, even if only its title differs
        relation = Relation.NEAR if known[pair].relation == Relation.EXACT else known[pair].relation
        if all(article in sent for article in pair) and is_revision(*(sent[article] for article in pair)):
            relation = Relation.REVISION
        relations[pair[0]] = (relation, known[pair].similarity)
    return relations
