/** What was typed and not sent, kept for the life of the tab: nothing that a person has written is lost to a reload or a refusal. */
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
    // The text still stands in its field.
  }
}

/** A text that was refused goes back into its field, before what has been typed since. */
export function givenBack(refused: string, typed: string): string {
  return typed ? `${refused}\n${typed}` : refused;
}

/** Keeps what stands in the server's own fields, before an island takes their place: <textarea data-draft="<key>">. */
export function keepDrafts(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>("textarea[data-draft]")) {
    const key = field.dataset["draft"];
    if (key && field.value && field.value !== field.defaultValue) setDraft(key, field.value);
  }
}
