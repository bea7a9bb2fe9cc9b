"""Versions that a provider sent under one id: they are one story by definition, and the newest of them is canonical.

An id counts only if it can be trusted: not one that a file repeats for different texts, nor one that names different
texts as the same version. Pure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from worker.article import PublicationStatus
from worker.fingerprint.article import Prepared
from worker.store.revisions import RevisionKey, SentText, StoredRevision
from worker.stories.references import MemberRef, New, StoredStory
from worker.window import ArticleTimes, Window

#: What agencies put before the headline of a new version: UPDATE 2-, CORRECTED-, CORRECTED-UPDATE 1-, REFILE-.
_MARKERS = re.compile(
    r"\s*(?:(?:UPDATED?(?:\s?\d{1,2})?|CORRECTED|CORRECTION|CORRECTIVE|REFILE)\s*(?:[-–—:]\s*|\Z))+", re.IGNORECASE
)

_UNBOUNDED = Window(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class RevisionLinks:
    """What ids say about the articles of a batch, by position.

    ``versions`` are only the reasons: another stored version, which may be in another story by now.
    """

    stories: dict[int, int] = field(default_factory=dict)  # -> the stored story that it joins
    earlier: dict[int, int] = field(default_factory=dict)  # -> the earlier article of the batch that it joins
    versions: dict[int, int] = field(default_factory=dict)  # -> stored article with the same id
    without_key: set[int] = field(default_factory=set)  # known versions, and ids that contradict a stored one

    def joins(self, number: int) -> MemberRef | None:
        """Return what an article joins because of its id, if anything."""
        if number in self.stories:
            return StoredStory(self.stories[number])
        return New(self.earlier[number]) if number in self.earlier else None


def sent_texts(batch: Sequence[Prepared]) -> list[SentText]:
    """Return the texts of a batch as they were sent; ids that can't be trusted are left out."""
    sent = [
        SentText(
            prepared.article.provider,
            prepared.article.external_id,
            prepared.article.version,
            prepared.cleaned.published_at,
            prepared.fingerprint.text_hash,
            prepared.cleaned.title,
            withdrawn=prepared.article.status == PublicationStatus.WITHDRAWN,
        )
        for prepared in batch
    ]
    for numbers in _by_key(sent, _UNBOUNDED):
        # without a version, two texts of one file under one id show that the id is no id
        words: dict[tuple[int | None, int], set[bytes]] = defaultdict(set)
        for number in numbers:
            if sent[number].withdrawn:
                continue  # the notice that kills a version often has its number
            version = sent[number].version
            words[version, batch[number].file_id if version is None else 0].add(sent[number].text_hash)
        if any(len(hashes) > 1 for hashes in words.values()):
            for number in numbers:
                sent[number] = replace(sent[number], external_id=None)
    return sent


def _by_key(sent: Sequence[SentText], window: Window) -> Iterator[list[int]]:
    """Yield the positions of the articles of one id, those within the window of the first one together."""
    groups: dict[RevisionKey, list[list[int]]] = {}
    for number, text in enumerate(sent):
        if key := text.key:
            known = groups.setdefault(key, [])
            near = (group for group in known if window.contains(_times(sent[group[0]]), _times(text)))
            if (group := next(near, None)) is None:
                known.append(group := [])
            group.append(number)
    for known in groups.values():
        yield from known


def _times(text: SentText) -> ArticleTimes:
    return ArticleTimes(text.published_at, _EPOCH)  # all articles of a batch arrive together


def link_revisions(
    sent: Sequence[SentText],
    stored: Mapping[int, Sequence[StoredRevision]],
    exact: Mapping[int, tuple[int, int]],
    window: Window,
) -> RevisionLinks:
    """Return which articles are versions of one another, in the window of articles.

    ``stored``: position -> stored articles with its id · ``exact``: position -> (article, story) with the same words
    """
    links = RevisionLinks()
    for numbers in _by_key(sent, window.for_revisions()):
        counted = [n for n in numbers if not any(_contradicts(sent[n], r.sent) for r in stored.get(n, ()))]
        links.without_key.update(set(numbers) - set(counted))
        _link_group(links, counted, sent, stored, exact)
    return links


def _contradicts(a: SentText, b: SentText) -> bool:
    """Return whether two texts claim to be the same version; a notice that kills one may have its number."""
    if a.withdrawn or b.withdrawn:
        return False
    return a.version is not None and a.version == b.version and a.text_hash != b.text_hash


def _link_group(
    links: RevisionLinks,
    numbers: Sequence[int],
    sent: Sequence[SentText],
    stored: Mapping[int, Sequence[StoredRevision]],
    exact: Mapping[int, tuple[int, int]],
) -> None:
    """Link the articles of one id to the story of its newest stored version, or else to one another."""
    known = [revision for n in numbers for revision in stored.get(n, ())]
    newest = max(known, key=lambda r: (r.sent.order, r.id), default=None)
    target = (newest.id, newest.story_id) if newest else next((exact[n] for n in numbers if n in exact), None)
    seen: list[SentText] = []
    for n in numbers:
        same = next((r for r in stored.get(n, ()) if r.sent.text_hash == sent[n].text_hash), None)
        if same:
            links.versions[n], links.stories[n] = same.id, same.story_id
        elif target:
            links.versions[n], links.stories[n] = target
        elif n != numbers[0]:
            links.earlier[n] = numbers[0]
        before = [*(r.sent for r in stored.get(n, ())), *seen]
        if any(d.text_hash == sent[n].text_hash and d.stated_order >= sent[n].stated_order for d in before):
            links.without_key.add(n)
        seen.append(sent[n])


def settle_exact_copies(
    links: RevisionLinks,
    stored: Mapping[int, Sequence[StoredRevision]],
    exact: dict[int, tuple[int, int]],
    duplicates: dict[int, int],
    sent: Sequence[SentText],
) -> None:
    """Let ids decide where the words of an article are in another story: it is no exact copy of that one.

    Changes ``exact`` (position -> stored article with the same words, its story) and ``duplicates`` (position -> the
    earlier article of the batch with the same words). An article without an id follows its copy that has one.
    """
    for n, story in list(links.stories.items()):
        same = next((r for r in stored.get(n, ()) if r.sent.text_hash == sent[n].text_hash), None)
        if n in exact and exact[n][1] != story:
            del exact[n]
            if same:
                exact[n] = same.id, same.story_id
        elif (other := duplicates.get(n)) is not None:
            has_own = other in links.earlier or exact.get(other, (0, story))[1] != story
            if has_own or links.stories.setdefault(other, story) != story:
                del duplicates[n]
            elif other not in links.versions:
                links.versions[other] = links.versions[n]
    for n, first in list(links.earlier.items()):
        other = duplicates.get(n, first)
        if other != first and duplicates.get(first) != other and not _link_duplicate(links, other, first):
            del duplicates[n]


def _link_duplicate(links: RevisionLinks, other: int, first: int) -> bool:
    """Link two articles of the batch, of which one has the words of another version of the other; return success."""
    if other in links.stories or first in links.stories:
        return False
    later, earlier = max(other, first), min(other, first)
    return links.earlier.setdefault(later, earlier) == earlier


def current_versions(texts: Mapping[int, SentText], others: Iterable[SentText] = ()) -> set[int]:
    """Return the texts of a story that are the newest version of an id; empty if no id has an older version there.

    ``texts``: the texts that may be canonical, by article; one that was withdrawn must not be among them, so that it
    supersedes nothing · ``others``: exact copies of these texts, which may have other ids and versions
    """
    words = {sent.text_hash for sent in texts.values()}
    by_key: dict[RevisionKey, list[SentText]] = defaultdict(list)
    for sent in (*texts.values(), *others):
        if sent.key and sent.text_hash in words and not sent.withdrawn:
            by_key[sent.key].append(sent)
    newest: set[bytes] = set()
    older: set[bytes] = set()
    for versions in by_key.values():
        last = max(sent.order for sent in versions)
        current = {sent.text_hash for sent in versions if sent.order == last}
        superseded = {sent.text_hash for sent in versions} - current
        if superseded:
            newest |= current
            older |= superseded
    chosen = newest - older or newest
    return {article for article, sent in texts.items() if sent.text_hash in chosen}


def is_revision(a: SentText, b: SentText) -> bool:
    """Return whether two different texts of one story are versions: by their id, or else by a mark on a headline."""
    if a.key and a.key == b.key:
        return True
    if not a.provider or a.provider != b.provider or not a.title or not b.title:
        return False
    bare = [_MARKERS.sub("", title, count=1) if _MARKERS.match(title) else title for title in (a.title, b.title)]
    is_marked = (a.title, b.title) != tuple(bare)
    return is_marked and " ".join(bare[0].split()).casefold() == " ".join(bare[1].split()).casefold() != ""
