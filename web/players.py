"""Turns the copied address of a video or a channel into that of its player. `web/islands/src/forum/players.ts` does the same."""

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

_VIDEO = re.compile(r"[\w-]{6,20}", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)


def player_address(given: str, host: str) -> str:
    """Other addresses are returned unchanged. `host`: where the player is shown."""
    address = given.strip()
    try:
        url = urlsplit(address if re.match(r"https?://", address) else f"https://{address}")
        site = re.sub(r"^(www|m|music)\.", "", url.hostname or "")
    except ValueError:
        return address
    first, second, *_ = [*filter(None, url.path.split("/")), "", ""]
    return _player(site, first, second, url, host) or address


def _player(site: str, first: str, second: str, url: SplitResult, host: str) -> str | None:
    match site:
        case "youtube.com":
            ids = parse_qs(url.query).get("v", [""]) if first == "watch" else [second]
            return _youtube(ids[0], url) if first in {"watch", "live", "shorts"} else None
        case "youtu.be":
            return _youtube(first, url)
        case "vimeo.com":
            if first == "event" and _NUMBER.fullmatch(second):
                return f"https://vimeo.com/event/{second}/embed"
            key = f"?h={second}" if re.fullmatch(r"[\da-f]+", second, re.ASCII) else ""  # of an unlisted video
            return f"https://player.vimeo.com/video/{first}{key}" if _NUMBER.fullmatch(first) else None
        case "twitch.tv":
            if first == "videos" and _NUMBER.fullmatch(second):
                return f"https://player.twitch.tv/?video={second}&parent={host}"
            channel = re.fullmatch(r"\w{3,25}", first, re.ASCII) and not second
            return f"https://player.twitch.tv/?channel={first}&parent={host}" if channel else None
        case "bilibili.com":
            video = first == "video" and re.fullmatch(r"BV\w{10}", second, re.ASCII)
            return f"https://player.bilibili.com/player.html?bvid={second}" if video else None
        case "live.bilibili.com":
            player = "https://www.bilibili.com/blackboard/live/live-activity-player.html"
            return f"{player}?cid={first}" if _NUMBER.fullmatch(first) else None
        case _:
            return None


def _youtube(id: str, url: SplitResult) -> str | None:
    if not _VIDEO.fullmatch(id):
        return None
    start = _NUMBER.match(parse_qs(url.query).get("t", [""])[0])
    return f"https://www.youtube-nocookie.com/embed/{id}" + (f"?start={start[0]}" if start else "")
