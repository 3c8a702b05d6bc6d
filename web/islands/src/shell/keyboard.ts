const COMPOSED = 229; // the key belongs to an input method; Safari says so of the Enter that ends a composition, after its end

/** Whether a key belongs to an input method, which writes Chinese, Japanese or Korean with it. */
export function composes(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === COMPOSED;
}

/** The key as shortcuts name it. On a layout without Latin letters it is the letter at the same place of a Latin keyboard. */
export function letterOf(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const { key, code, shiftKey } = event;
  if ([...key].length > 1 || /^[\x20-\x7e]$/.test(key)) return key;
  const wide = key.normalize("NFKC"); // full-width letters and symbols
  if (/^[\x20-\x7e]$/.test(wide)) return wide;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit && !shiftKey) return digit;
  if (code === "Slash") return shiftKey ? "?" : "/";
  return key;
}

/** From codes ("KeyA") to what the keys print. Empty where the browser does not say (Keyboard Map API: Chromium only). */
export type Layout = ReadonlyMap<string, string>;

export async function keyboardLayout(): Promise<Layout> {
  const { keyboard } = navigator as { keyboard?: { getLayoutMap(): Promise<Layout> } };
  return (await keyboard?.getLayoutMap().catch(() => undefined)) ?? new Map<string, string>();
}

/** What a person sees on the key of a shortcut: the counterpart of `letterOf`. */
export function printedOn(key: string, layout: Layout): string {
  const letter = key.toLowerCase();
  const printed = /^[a-z]$/.test(letter) ? layout.get(`Key${letter.toUpperCase()}`) : undefined;
  if (!printed || [...layout.values()].includes(letter)) return key;
  return key === letter ? printed : printed.toUpperCase();
}
