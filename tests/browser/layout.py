"""What moves on a page without its reader's doing."""

from playwright.async_api import Page

WATCH = """() => {
    window.shifts = [];
    const outline = ({ node }) => {
        const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
        return !element || element.closest(".count, .numbers") ? [] : [element.outerHTML.slice(0, 300)];
    };
    const note = (list) => list.getEntries().forEach((entry) => entry.hadRecentInput || window.shifts.push(...entry.sources.flatMap(outline)));
    new PerformanceObserver(note).observe({ type: "layout-shift" });
}"""


async def watch_shifts(page: Page) -> None:
    """From now on the browser notes each visible element that moves, unless somebody acted just before. A number that grows in its place is none."""
    await page.evaluate(WATCH)


async def shifts(page: Page) -> list[str]:
    """The elements that have moved since `watch_shifts`."""
    return await page.evaluate("window.shifts")
