import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import { formatTime, t } from "../i18n";
import type { SessionState } from "../live/index";
import { keyboardLayout, printedOn } from "./keyboard";

const root = document.documentElement;

export function icon(name: string, { turns = false } = {}): TemplateResult {
  return html`<svg class="icon ${turns ? "icon-turns" : ""}" viewBox="0 0 24 24" aria-hidden="true">
    <use href="${root.dataset["icons"]}#${name}"></use>
  </svg>`;
}

/** The key of a shortcut, as it is printed on the person's keyboard. */
export function keycap(key: string): TemplateResult {
  return html`<kbd>${until(
    keyboardLayout().then((layout) => printedOn(key, layout)),
    key,
  )}</kbd>`;
}

/** Titles before a name that are not part of it. */
const TITLES = new Set(["dr", "prof", "mr", "mrs", "ms", "ing", "dipl", "mag", "med", "phil", "rer", "nat", "hc", "sir", "dame"]);

/** The initials of a name: Dr. Li Wei gives LW, 王芳 gives 芳. web/template_engine.py does the same. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  while (words.length > 1 && TITLES.has((words[0] ?? "").toLowerCase().split(/[.-]/)[0] ?? "")) words.shift();
  const first = [...(words[0] ?? "")];
  if (words.length > 1) return ((first[0] ?? "") + ([...(words.at(-1) ?? "")][0] ?? "")).toUpperCase();
  return ((first[0] ?? "") > "\u2e80" ? (first.at(-1) ?? "") : (first[0] ?? "")).toUpperCase();
}

export function avatar(name: string, { small = false } = {}): TemplateResult {
  return html`<span class="avatar ${small ? "avatar-small" : ""}" aria-hidden="true">${initials(name)}</span>`;
}

/** The profile page of a person in the conference of this page; empty elsewhere. web/links.py builds the same. `from`: chat, call or round. */
export function profilePath(person: string, from = ""): string {
  const conference = /^\/c\/[^/]+/.exec(location.pathname)?.[0];
  return conference ? `${conference}/people/${person}${from ? `?from=${from}` : ""}` : "";
}

/** A name, which leads to the person's profile page if there is a `path`. */
export function personName(name: string, path: string): TemplateResult {
  return path ? html`<a class="person-name" href=${path} dir="auto">${name}</a>` : html`<span dir="auto">${name}</span>`;
}

export function badge(text: string, { tone = "", symbol = "" } = {}): TemplateResult {
  return html`<span class="badge ${tone ? `badge-${tone}` : ""}">${symbol ? icon(symbol) : nothing}${text}</span>`;
}

export function sessionState(state: SessionState, cancelled: boolean, unstarted = false): TemplateResult {
  if (cancelled) return badge(t("Cancelled"), { tone: "red" });
  if (unstarted) return badge(t("Not started yet"), { tone: "amber" });
  if (state === "live") return badge(t("Live"), { tone: "live" });
  if (state === "lobby") return badge(t("Starting soon"), { tone: "accent" });
  return badge(state === "ended" ? t("Ended") : t("Scheduled"));
}

export function clock(time: string): TemplateResult {
  return html`<time datetime=${time}>${formatTime(time)}</time>`;
}

export function empty(symbol: string, text: string): TemplateResult {
  return html`<div class="empty">${icon(symbol)}<p>${text}</p></div>`;
}

export function notice(content: unknown, { kind = "plain", symbol = "info" } = {}): TemplateResult {
  return html`<div class="notice notice-${kind}">${icon(symbol)}<div>${content}</div></div>`;
}

/** A text of the session in the page's language, if translated. */
export function localised<T extends { readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>> }>(
  view: T,
  field: string & keyof T,
): string {
  return view.texts[root.dataset["locale"] ?? ""]?.[field] || String(view[field]);
}
