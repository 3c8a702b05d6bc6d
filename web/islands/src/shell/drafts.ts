/** Keeps unsent input for the life of the tab, so that nothing is lost by a reload or a refusal. */
const PREFIX = "plenary-draft:";

export function draft(key: string): string {
  try {
    return sessionStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return ""; // storage may be forbidden
  }
}

export function setDraft(key: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(PREFIX + key, text);
    else sessionStorage.removeItem(PREFIX + key);
  } catch {
    // The text is still in its field.
  }
}

/** Puts a refused text back into its field, before anything typed since. */
export function givenBack(refused: string, typed: string): string {
  return typed ? `${refused}\n${typed}` : refused;
}

/** The fields rendered by the server whose input is kept: <textarea data-draft="<key>">. */
function* draftFields(root: ParentNode): Generator<readonly [string, HTMLTextAreaElement]> {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-draft]")) {
    if (field.dataset["draft"]) yield [field.dataset["draft"], field];
  }
}

/** Shows earlier input in the fields rendered by the server. */
export function showDrafts(root: ParentNode): void {
  for (const [key, field] of draftFields(root)) {
    const kept = draft(key);
    const typed = field.value === field.defaultValue || field.value === kept ? "" : field.value;
    if (kept) field.value = givenBack(kept, typed);
  }
}

/** Keeps the input of the fields rendered by the server, before an island replaces them. */
export function keepDrafts(root: ParentNode): void {
  for (const [key, field] of draftFields(root)) {
    if (field.value !== field.defaultValue || draft(key)) setDraft(key, field.value);
  }
}
