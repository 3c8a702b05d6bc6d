/**
 * Chinese and Japanese have no spaces, so a browser may break a line inside a word ("中国国/际"). In headings, which are short and
 * large, every word of the browser's dictionary is kept on one line. CSS has no rule for it: `word-break: auto-phrase` knows
 * Japanese alone.
 */
const HEADINGS = "h1, h2, h3";
const WITHOUT_SPACES = /^(zh|ja)\b/;
const LONGEST = 12; // characters: a longer word, for example an address, may break

export function keepWordsWhole(root: ParentNode): void {
  if (!("Segmenter" in Intl)) return; // Firefox before 125
  for (const heading of root.querySelectorAll<HTMLElement>(HEADINGS)) {
    const language = heading.closest<HTMLElement>("[lang]")?.lang ?? "";
    // Text of other elements with a "-" in their name is rendered by their scripts, which must find it as they left it.
    if (WITHOUT_SPACES.test(language) && !ownedByScript(heading)) keepWhole(heading, new Intl.Segmenter(language, { granularity: "word" }));
  }
}

function ownedByScript(element: HTMLElement): boolean {
  for (let at: Element | null = element; at; at = at.parentElement) if (at.localName.includes("-")) return true;
  return false;
}

function keepWhole(heading: HTMLElement, words: Intl.Segmenter): void {
  const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) text.replaceWith(...splitWords(text.data, words).map(({ word, whole }) => (whole ? wholeWord(word) : word)));
}

function wholeWord(word: string): HTMLElement {
  const span = document.createElement("span");
  span.className = "word";
  span.textContent = word;
  return span;
}

/** The text in pieces; `whole`: a word of two or more characters that should not be broken. Punctuation is no word. */
export function splitWords(text: string, words: Intl.Segmenter): { word: string; whole: boolean }[] {
  return [...words.segment(text)].map(({ segment, isWordLike }) => ({
    word: segment,
    whole: Boolean(isWordLike) && segment.length > 1 && segment.length <= LONGEST,
  }));
}
