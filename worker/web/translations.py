"""The page of a translation: two stories side by side, and the form that says that they are none."""

from starlette.requests import Request
from starlette.responses import Response

from worker.explain.translations import corresponding
from worker.stories.correction_context import CorrectionContext
from worker.stories.not_a_translation import not_a_translation
from worker.web.correcting import form_id
from worker.web.forms import Form
from worker.web.params import NotFoundError, path_id
from worker.web.render import page
from worker.web.site import SHOWN_CHARACTERS, get_story, reading


def translation_page(request: Request) -> Response:
    """Answer ``/stories/{id}/translations/{other}``: the sentences that correspond, next to each other."""
    story_id, other_id = path_id(request), int(request.path_params["other"])
    with reading(request) as connection:
        story = get_story(connection, story_id, 1, most_characters=SHOWN_CHARACTERS)
        link = next((t for t in story.translations if t.story_id == other_id), None)
        if link is None:
            raise NotFoundError(f"Stories {story_id} and {other_id} are not linked as translations.")
        other = get_story(connection, other_id, 1, most_characters=SHOWN_CHARACTERS)
    texts = (f"{story.title or ''}\n{story.text}", f"{other.title or ''}\n{other.text}")
    rows = corresponding(texts[0], story.language, texts[1], other.language)
    return page(request, "translation.html", {"story": story, "other": other, "link": link, "rows": rows})


def not_a_translation_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Remove the link between the story in the path and the story ``other`` of the form."""
    return f"/stories/{not_a_translation(context, path_id(request), form_id(form, 'other'))}"
