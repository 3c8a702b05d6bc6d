import type { ModeratedQuestion } from "../../live/types";
import { fold, searchWords } from "../../shell/state/fold";
import { compare } from "../../shell/state/room";
import { votesOf, type SessionRoom } from "./session";

/** The lanes of a moderator's queue. */
export type Lane = "pending" | "approved" | "answered" | "archived" | "dismissed" | "merged" | "withdrawn";

/** A moderator's own filter. Empty texts and null match everything. */
export interface Filter {
  readonly lane: Lane;
  readonly label: string | null;
  /** Claimed by this moderator, by nobody, or by anybody. */
  readonly claim: "any" | "mine" | "none";
  /** Words that all must occur in the question, its first wording, its answer, its labels or its asker's name. */
  readonly search: string;
  /** Empty: the usual order of the lane. */
  readonly sort: QueueSort;
}

export type QueueSort = "" | "votes" | "newest" | "oldest";

export const UNFILTERED: Filter = { lane: "pending", label: null, claim: "any", search: "", sort: "" };

export function laneOf(question: ModeratedQuestion): Lane {
  if (question.state !== "approved") return question.state;
  if (question.archived_at !== null) return "archived";
  return question.answered_at !== null ? "answered" : "approved";
}

/** The questions that match a filter. In their usual order: pending ones, oldest first; approved ones in public order; others, newest first. */
export function queue(state: SessionRoom, filter: Filter): readonly ModeratedQuestion[] {
  return questionsOf(state)
    .filter((question) => laneOf(question) === filter.lane && passes(state, question, filter))
    .sort(filter.sort ? sorts(state)[filter.sort] : orders(state)[filter.lane]);
}

/** The number of questions in each lane that match the rest of the filter. */
export function counts(state: SessionRoom, filter: Filter): Readonly<Record<Lane, number>> {
  const found = { pending: 0, approved: 0, answered: 0, archived: 0, dismissed: 0, merged: 0, withdrawn: 0 };
  for (const question of questionsOf(state)) {
    if (passes(state, question, filter)) found[laneOf(question)] += 1;
  }
  return found;
}

/** Every label in use and how often, most used first. */
export function labelsOf(state: SessionRoom): readonly { readonly label: string; readonly count: number }[] {
  const found = new Map<string, number>();
  for (const { labels } of questionsOf(state)) for (const label of labels) found.set(label, (found.get(label) ?? 0) + 1);
  return [...found].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count || compare(a.label, b.label));
}

/** The questions merged into a question, oldest first. */
export function duplicatesOf(state: SessionRoom, question: string): readonly ModeratedQuestion[] {
  return questionsOf(state).filter((other) => other.state === "merged" && other.into === question);
}

/** The questions that a duplicate can be merged into: waiting or public ones, best matches with its words first. */
export function mergeTargets(state: SessionRoom, question: ModeratedQuestion, search = ""): readonly ModeratedQuestion[] {
  const own = grams(question.text);
  const likeness = new Map<string, number>();
  const targets = questionsOf(state).filter((other) => {
    const open = other.state === "pending" || (other.state === "approved" && other.archived_at === null);
    return other.id !== question.id && open && matches(other, search);
  });
  for (const target of targets) likeness.set(target.id, overlap(own, grams(target.text)));
  return targets.sort((a, b) => (likeness.get(b.id) ?? 0) - (likeness.get(a.id) ?? 0) || byAge(a, b));
}

/** How much two texts have in common, 0 to 1. */
export function alike(a: string, b: string): number {
  return overlap(grams(a), grams(b));
}

/** The id some steps further in a list (back, when negative); the first for an unknown one; null in an empty list. */
export function neighbour(ids: readonly string[], id: string | null, step: number): string | null {
  const index = id === null ? -1 : ids.indexOf(id);
  if (index < 0) return ids[step < 0 ? ids.length - 1 : 0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, index + step))] ?? null;
}

function questionsOf(state: SessionRoom): readonly ModeratedQuestion[] {
  return state.snapshot.moderation?.questions ?? [];
}

function passes(state: SessionRoom, question: ModeratedQuestion, { label, claim, search }: Filter): boolean {
  if (label !== null && !question.labels.includes(label)) return false;
  if (claim === "mine" && (question.claimed_by === null || question.claimed_by.id !== state.own.person?.id)) return false;
  if (claim === "none" && question.claimed_by !== null) return false;
  return matches(question, search);
}

function matches(question: ModeratedQuestion, search: string): boolean {
  const words = searchWords(search);
  if (words.length === 0) return true;
  const texts = [question.text, question.original, question.answer, question.author?.name, ...question.labels];
  const text = fold(texts.filter(Boolean).join("\n"));
  return words.every((word) => text.includes(word));
}

type Order = (a: ModeratedQuestion, b: ModeratedQuestion) => number;

function sorts(state: SessionRoom): Readonly<Record<Exclude<QueueSort, "">, Order>> {
  return { votes: (a, b) => votesOf(state, b.id) - votesOf(state, a.id) || byAge(a, b), newest: (a, b) => byAge(b, a), oldest: byAge };
}

function orders(state: SessionRoom): Readonly<Record<Lane, Order>> {
  const newest: Order = (a, b) => byAge(b, a);
  const asPublic: Order = (a, b) =>
    Number(b.id === state.snapshot.answering) - Number(a.id === state.snapshot.answering) ||
    Number(b.pinned) - Number(a.pinned) ||
    votesOf(state, b.id) - votesOf(state, a.id) ||
    byAge(a, b);
  const byAnswer: Order = (a, b) => compare(moment(b.answered_at), moment(a.answered_at)) || byAge(a, b);
  return { pending: byAge, approved: asPublic, answered: byAnswer, archived: newest, dismissed: newest, merged: newest, withdrawn: newest };
}

const byAge: Order = (a, b) => compare(moment(a.asked_at), moment(b.asked_at)) || compare(a.id, b.id);

function moment(time: string | null): number {
  return time === null ? 0 : Date.parse(time);
}

/**
 * The keys of a text for comparison: prefixes of its words (so that “city” matches “cities”), without short common ones. For
 * scripts without spaces, pairs of neighbouring characters.
 */
function grams(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [word] of fold(text).matchAll(/[\p{L}\p{N}]+/gu)) {
    if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word)) {
      const characters = [...word];
      for (let index = 1; index < characters.length; index += 1) found.add(`${characters[index - 1]}${characters[index]}`);
    } else if (word.length > 3) {
      found.add(word.slice(0, 4));
    }
  }
  return found;
}

/** The Dice coefficient of two sets, 0 to 1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((gram) => b.has(gram)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}
