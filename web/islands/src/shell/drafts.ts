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

/** Keeps the input of fields rendered by the server, before an island replaces them: <textarea data-draft="<key>">. */
export function keepDrafts(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-draft]")) {
    const key = field.dataset["draft"];
    if (key && field.value && field.value !== field.defaultValue) setDraft(key, field.value);
  }
}
