const VIDEO_ID = /^[\w-]{6,20}$/;

/** The address of the player for a copied video or channel page; other addresses unchanged. `host`: where the player is shown. */
export function playerAddress(given: string, host: string): string {
  const address = given.trim();
  let url: URL;
  try {
    url = new URL(/^https?:\/\//.test(address) ? address : `https://${address}`);
  } catch {
    return address;
  }
  const [first = "", second = ""] = url.pathname.split("/").filter(Boolean);
  switch (url.hostname.replace(/^(www|m|music)\./, "")) {
    case "youtube.com":
      return youtube(first === "watch" ? url.searchParams.get("v") : ["live", "shorts"].includes(first) ? second : null, url) ?? address;
    case "youtu.be":
      return youtube(first, url) ?? address;
    case "vimeo.com":
      if (first === "event" && /^\d+$/.test(second)) return `https://vimeo.com/event/${second}/embed`;
      if (!/^\d+$/.test(first)) return address;
      return `https://player.vimeo.com/video/${first}${/^[\da-f]+$/.test(second) ? `?h=${second}` : ""}`; // an unlisted video has a key
    case "twitch.tv":
      if (first === "videos" && /^\d+$/.test(second)) return `https://player.twitch.tv/?video=${second}&parent=${host}`;
      return /^\w{3,25}$/.test(first) && !second ? `https://player.twitch.tv/?channel=${first}&parent=${host}` : address;
    case "bilibili.com":
      return first === "video" && /^BV\w{10}$/.test(second) ? `https://player.bilibili.com/player.html?bvid=${second}` : address;
    case "live.bilibili.com":
      return /^\d+$/.test(first) ? `https://www.bilibili.com/blackboard/live/live-activity-player.html?cid=${first}` : address;
    default:
      return address;
  }
}

function youtube(id: string | null, url: URL): string | null {
  if (!id || !VIDEO_ID.test(id)) return null;
  const start = /^\d+/.exec(url.searchParams.get("t") ?? "")?.[0];
  return `https://www.youtube-nocookie.com/embed/${id}${start ? `?start=${start}` : ""}`;
}
