"""Say which of a dispatch in several languages was likely written first."""

from worker.store.read.stories import StoryDetail


def likely_source_sentence(story: StoryDetail) -> str:
    """Return which of a story and its translations was likely written first; it must have translations."""
    source = story.likely_source
    if source is None:
        raise ValueError(f"story {story.id} has no translations")
    where = "this story" if source.story_id == story.id else f"story {source.story_id}"
    return f"Likely written first in the language {source.language} ({where}). {source.reason} This is a guess."
