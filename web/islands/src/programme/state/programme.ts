import { searchWords } from "../../shell/state/fold";

/** A reader's filters for a programme; empty or false: no filter. */
export interface Wish {
  readonly words: string;
  readonly track: string;
  readonly language: string;
  readonly starred: boolean;
}

/** The values that a filter is compared with. `words` is folded already (web/pages/programme/timetable.py writes it). */
export interface Findable {
  readonly words: string;
  readonly track: string;
  readonly language: string;
  readonly starred: boolean;
}

/** Must decide like `Filter.passes` in web/pages/programme/timetable.py, which serves pages without scripts. */
export function passes(wish: Wish, entry: Findable): boolean {
  if (wish.track && entry.track !== wish.track) return false;
  if (wish.language && entry.language !== wish.language) return false;
  if (wish.starred && !entry.starred) return false;
  return searchWords(wish.words).every((word) => entry.words.includes(word));
}
