/**
 * The words of the page, and its numbers, dates and times. The page says which: `<html lang="zh-Hans" data-zone="Asia/Shanghai">` (without
 * `data-zone`: the reader's own zone), and the catalog that the build has made of the translations, inlined:
 *
 * `<script type="application/json" id="catalog">{"messages": {"Ask": "提问", "%(count)s vote": ["%(count)s 票"]}}</script>`
 */
export interface Catalog {
  /** BCP 47. */
  readonly language: string;
  /** IANA name of the zone in which times are shown; empty: the reader's own. */
  readonly zone: string;
  /** Texts by their English; a plural by its English singular, as the list of its forms. */
  readonly messages: Readonly<Record<string, string | readonly string[]>>;
}

export type Values = Readonly<Record<string, string | number>>;

let current: Catalog | null = null;

function catalog(): Catalog {
  current ??= fromPage();
  return current;
}

function fromPage(): Catalog {
  const english = { language: "en", zone: "", messages: {} };
  if (typeof document === "undefined") return english;
  const { lang, dataset } = document.documentElement;
  const inlined = document.getElementById("catalog")?.textContent;
  const { messages = {} } = inlined ? (JSON.parse(inlined) as Partial<Catalog>) : {};
  return { language: lang || english.language, zone: dataset["zone"] ?? "", messages };
}

/** Replaces the texts or the zone. Elements on the page render again. */
export function useCatalog(changes: Partial<Catalog>): void {
  current = { ...catalog(), ...changes };
}

export function locale(): string {
  return catalog().language;
}

/** The zone in which times are shown. */
export function zone(): string {
  return catalog().zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A text in the reader's language, its `%(name)s` places filled. */
export function t(text: string, values: Values = {}): string {
  const found = catalog().messages[text];
  return filled(typeof found === "string" && found !== "" ? found : text, values);
}

/** A text that depends on a number, which fills `%(count)s`: `tn("%(count)s vote", "%(count)s votes", n)`. */
export function tn(one: string, many: string, count: number, values: Values = {}): string {
  const forms = catalog().messages[one];
  const english = count === 1 ? one : many;
  const found = Array.isArray(forms) ? ((forms as readonly string[])[formOf(count, forms.length)] ?? english) : english;
  return filled(found || english, { count: formatNumber(count), ...values });
}

/** Which of a language's gettext forms a number takes. Their order is that of the plural categories in CLDR's own order. */
function formOf(count: number, forms: number): number {
  const rules = new Intl.PluralRules(catalog().language);
  const used = (["zero", "one", "two", "few", "many", "other"] as const).filter((category) =>
    rules.resolvedOptions().pluralCategories.includes(category),
  );
  return Math.min(used.indexOf(rules.select(count)), forms - 1);
}

/** A text with its `%(name)s` places filled. */
export function filled(text: string, values: Values): string {
  return text.replace(/%\((\w+)\)s|%%/g, (place: string, name: string | undefined) => {
    if (name === undefined) return "%";
    return name in values ? String(values[name]) : place;
  });
}

export type Moment = string | number | Date;

function format(moment: Moment, options: Intl.DateTimeFormatOptions, inZone: string): string {
  return new Intl.DateTimeFormat(catalog().language, { timeZone: inZone, ...options }).format(new Date(moment));
}

/** 14:05, or 02:30 UTC+2 where the clocks show a time twice in the night in which they go back (as rooms/core/clock.py). */
export function formatTime(moment: Moment, inZone = zone()): string {
  return format(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, inZone) + which(moment, inZone);
}

const DAY = 86_400_000;

function which(moment: Moment, inZone: string): string {
  const at = new Date(moment).getTime();
  const own = offset(at, inZone);
  // Clocks are put back at most once within a day on either side.
  const twice = [at - DAY, at + DAY]
    .map((other) => offset(other, inZone))
    .some((other) => other !== own && offset(at + (own - other) * 60_000, inZone) === other);
  if (!twice) return "";
  const minutes = Math.abs(own) % 60;
  return ` UTC${own < 0 ? "-" : "+"}${Math.floor(Math.abs(own) / 60)}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minutes by which the clocks of a zone are ahead of UTC. */
function offset(at: number, inZone: string): number {
  let clock = clocks.get(inZone);
  if (!clock) {
    const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    clocks.set(inZone, (clock = new Intl.DateTimeFormat("en-US", { timeZone: inZone, hourCycle: "h23", ...fields })));
  }
  const parts = clock.formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return Math.round((local - Math.floor(at / 60_000) * 60_000) / 60_000);
}

/** Fri, Nov 20 */
export function formatDayShort(moment: Moment, inZone = zone(), withYear = false): string {
  return format(moment, { weekday: "short", day: "numeric", month: "short", ...(withYear ? { year: "numeric" as const } : {}) }, inZone);
}

/** 2026-11-21, the day in a zone, for grouping and comparing. */
export function dayOf(moment: Moment, inZone = zone()): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: inZone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(moment));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}`;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(catalog().language).format(value);
}

/** “3 minutes ago”, “in 2 hours”. Both in milliseconds or as moments. */
export function formatRelative(moment: Moment, now: number): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(catalog().language, { numeric: "auto", style: "long" }).format(Math.trunc(seconds / size), unit);
}

/** 4:05 or 1:04:05 until a moment; 0:00 once it has come. */
export function formatCountdown(moment: Moment, now: number): string {
  const left = Math.max(0, Math.ceil((new Date(moment).getTime() - now) / 1000));
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
