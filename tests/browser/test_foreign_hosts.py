"""No journey reaches another host than the server's own: the browser refuses to, and the test fails."""

import pytest

from tests.browser.conftest import Venue

ELSEWHERE = "elsewhere.example"


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(
            f"fetch('https://{ELSEWHERE}/x', {{mode: 'no-cors'}}).then(() => 'reached', () => 'refused')", id="request"
        ),
        pytest.param(
            f"""new Promise(done => {{
                const socket = new WebSocket('wss://{ELSEWHERE}/x');
                socket.onopen = () => done('reached');
                socket.onerror = () => done('refused');
            }})""",
            id="websocket",
        ),
        pytest.param(
            f"""new Promise(done => {{
                const image = new Image();
                image.onload = () => done('reached');
                image.onerror = () => done('refused');
                image.src = 'http://{ELSEWHERE}/x.png';
            }})""",
            id="picture",
        ),
    ],
)
async def test_another_host_is_refused_and_fails_the_journey(venue: Venue, attempt: str) -> None:
    # Pages of ours could not even try: the content security policy forbids it. Such a page is opened from a window, as a link opens one.
    window = await venue.window_of(None, bypass_csp=True)
    await window.page.goto(f"/c/{venue.slug}")
    second = await window.context.new_page()
    await second.goto(f"/c/{venue.slug}")
    for page in (window.page, second):
        window.faults.clear()
        assert await page.evaluate(attempt) == "refused"
        assert [fault for fault in window.faults if fault.startswith("request to another host") and ELSEWHERE in fault]
    window.faults.clear()
