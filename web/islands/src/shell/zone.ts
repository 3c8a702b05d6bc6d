/**
 * Sends the zone of this device to the server in a cookie, so that it can format times. The name of the cookie is in the page
 * (`<html data-zone-cookie>`), because it depends on whether the site is reached by https.
 */
const YEAR = 365 * 24 * 3_600; // seconds

export function tellZone(): void {
  const name = document.documentElement.dataset["zoneCookie"];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!name || !zone || document.cookie.split("; ").includes(`${name}=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${zone}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}
