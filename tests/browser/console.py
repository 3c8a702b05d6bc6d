"""What tests read of the moderator's console."""

from playwright.async_api import Page

from rooms.forum.questions.messages import QuestionState
from tests.browser.conftest import Venue


async def state_of(venue: Venue, question: str) -> QuestionState:
    return (await venue.world.question(question)).state


def row(page: Page, text: str):
    return page.locator(".queue-row", has_text=text)


def lane(page: Page, name: str):
    return page.locator(".lane", has_text=name)
