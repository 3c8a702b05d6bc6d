import { html, type TemplateResult } from "lit";

/** A part of a text, with its link address, or "". */
export type Part = readonly [text: string, address: string];

// An address ends at white space, at punctuation that delimits it, and at characters of scripts without spaces.
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"“”‘’«»\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+/gi;
const AFTER = ".,;:!?'*_~|)]}";
const PAIRS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** A plain text, such as a message, with its web addresses as links. */
export function linked(text: string): readonly (string | TemplateResult)[] {
  return partsOf(text).map(([part, address]) =>
    address ? html`<a href=${address} rel="noopener nofollow ugc" target="_blank">${part}</a>` : part,
  );
}

/** The text in parts, as `parts_of` in rooms/core/formatted_text.py finds them; tests/fixtures/addresses.json holds both to one result. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimmed(match[0]);
    const host = found.replace(/^(?:https?:\/\/|www\.)/i, "");
    if (/[A-Za-z0-9_@/.-]/.test(text.charAt(match.index - 1)) || !/^[^/?#.,:@]/.test(host)) continue;
    if (match.index > at) parts.push([text.slice(at, match.index), ""]);
    parts.push([found, /^http/i.test(found) ? found : `https://${found}`]);
    at = match.index + found.length;
  }
  if (at < text.length) parts.push([text.slice(at), ""]);
  return parts;
}

/** Removes trailing punctuation of the sentence. A closing bracket belongs to the address if its opening one does. */
function trimmed(address: string): string {
  let end = address.length;
  const extra: Record<string, number> = {};
  for (const [closing, opening] of Object.entries(PAIRS)) extra[closing] = count(address, closing) - count(address, opening);
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (!AFTER.includes(last)) break;
    if (last in PAIRS) {
      const more = extra[last] ?? 0;
      if (more <= 0) break;
      extra[last] = more - 1;
    }
  }
  return address.slice(0, end);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
