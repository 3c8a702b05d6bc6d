import { searchWords } from "../../shell/state/fold";

/** What a reader wants to see of a programme; empty or false: everything. */
export interface Wish {
  readonly words: string;
  readonly track: string;
  readonly language: string;
  readonly starred: boolean;
}

/** What a wish is compared with. `words` is folded already (web/pages/programme/timetable.py writes it). */
export interface Findable {
  readonly words: string;
  readonly track: string;
  readonly language: string;
  readonly starred: boolean;
}

/** As `Filter.passes` in web/pages/programme/timetable.py decides for a page without scripts. */
export function passes(wish: Wish, entry: Findable): boolean {
  if (wish.track && entry.track !== wish.track) return false;
  if (wish.language && entry.language !== wish.language) return false;
  if (wish.starred && !entry.starred) return false;
  return searchWords(wish.words).every((word) => entry.words.includes(word));
}
