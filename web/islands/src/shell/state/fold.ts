// Accents, Hebrew and Arabic vowel points, and invisible characters. Vowel signs of Indic scripts are letters, so they are kept.
const MARKS =
  // eslint-disable-next-line no-misleading-character-class
  /[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u061c\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]/g;

/** Letters that Unicode does not decompose, with the spelling used on keyboards without them. */
const LETTERS: Readonly<Record<string, string>> = {
  ς: "σ", ł: "l", ø: "o", đ: "d", ħ: "h", ı: "i", ŧ: "t", æ: "ae", œ: "oe", ð: "d", þ: "th",
};

/** A text without case and accents, as `fold` in rooms/core/search.py makes it; tests/fixtures/folding.json holds both to one result. */
export function fold(text: string): string {
  // JavaScript has no case folding; lower, upper and lower case again gives the same result in both languages.
  const plain = text.normalize("NFKD").replace(MARKS, "").toLowerCase().toUpperCase().toLowerCase();
  return plain.replace(/[ςłøđħıŧæœðþ]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The folded words of a search. */
export function searchWords(text: string): string[] {
  return fold(text).split(/\s+/).filter(Boolean);
}
