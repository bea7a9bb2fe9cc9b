"""Say what each copy of a story is to the canonical article, also an exact copy of another text.

After a person pins another article, or a fuller text arrives, exact copies of the former canonical article are what
that text is now: abridged, for example, with the same words as that text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from worker.explain.relations import RELATIONS, certainty
from worker.store.read.stories import Copy, StoryDetail


@dataclass(frozen=True, slots=True)
class CopyRelation:
    """What a copy is to the canonical article: ``kind`` is a relation, ``certainty`` how surely they are one story.

    ``same_words_as`` is the article that it is an exact copy of, None if that is the canonical one.
    """

    kind: str
    certainty: str
    same_words_as: int | None

    @property
    def words(self) -> str:
        """The relation in words."""
        also = f", with the same words as article {self.same_words_as}" if self.same_words_as else ""
        return RELATIONS[self.kind] + also


def copy_relations(story: StoryDetail) -> Mapping[int, CopyRelation]:
    """Return the relations of the copies that were read, by article."""
    by_id = {copy.article_id: copy for copy in story.copies}
    return {copy.article_id: _relation(story, copy, by_id) for copy in story.copies}


def _relation(story: StoryDetail, copy: Copy, by_id: Mapping[int, Copy]) -> CopyRelation:
    if copy.copy_of in {None, story.canonical_article_id}:
        return CopyRelation(copy.relation, certainty(copy.similarity, copy.relation), None)
    text = by_id.get(copy.copy_of or 0, copy)  # a text beyond the most copies that are read is not known
    return CopyRelation(text.relation, certainty(text.similarity, text.relation), copy.copy_of)
