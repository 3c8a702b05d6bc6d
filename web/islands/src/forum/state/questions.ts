import type { PublicQuestion } from "../../live/types";
import { compare } from "../../shell/state/room";
import { votesOf, type SessionRoom } from "./session";

export type Sort = "top" | "new" | "rising";

/** The public questions in order: unanswered ones, then answered ones, the newest answer first. */
export interface Tabs {
  readonly open: readonly PublicQuestion[];
  readonly answered: readonly PublicQuestion[];
}

/** The half-life of a vote in the order "rising", in milliseconds. */
export const HALF_LIFE = 5 * 60_000;

/**
 * How fast a question rises: its votes, halved with every half-life since it was approved. A late question needs only a few votes to
 * pass an old one with many.
 */
export function rise(votes: number, age: number): number {
  return votes * 2 ** (-Math.max(0, age) / HALF_LIFE);
}

/** The public list of one page. While asking is paused, moderators' changes are shown but no question moves. */
export class PublicList {
  private readonly frozen = new Map<Sort, ReadonlyMap<string, number>>();

  of(state: SessionRoom, sort: Sort, now: number): Tabs {
    const { questions, asking, answering } = state.snapshot;
    const isOpen = (question: PublicQuestion) => question.answered_at === null;
    const open = questions.filter(isOpen).sort(inOrder(state, sort, now));
    const answered = questions
      .filter((question) => !isOpen(question))
      .sort((a, b) => compare(time(b.answered_at), time(a.answered_at)) || compare(a.id, b.id));
    const led = first(open, answering);
    if (asking.asking === "paused") return { open: this.still(led, sort), answered };
    this.frozen.clear();
    return { open: led, answered };
  }

  /** In the order at the start of the pause; newer questions follow at the end. */
  private still(open: readonly PublicQuestion[], sort: Sort): readonly PublicQuestion[] {
    const places = this.frozen.get(sort) ?? new Map(open.map(({ id }, index) => [id, index]));
    this.frozen.set(sort, places);
    const place = ({ id }: PublicQuestion) => places.get(id) ?? places.size;
    return [...open].sort((a, b) => place(a) - place(b));
  }
}

/** The question being answered comes first, then pinned ones, then the chosen order. Ties are sorted by age, so that nothing flickers. */
function inOrder(state: SessionRoom, sort: Sort, now: number): (a: PublicQuestion, b: PublicQuestion) => number {
  const weight = new Map(state.snapshot.questions.map((question) => [question.id, weigh(state, question, sort, now)]));
  return (a, b) =>
    Number(b.pinned) - Number(a.pinned) ||
    compare(weight.get(b.id) ?? 0, weight.get(a.id) ?? 0) ||
    compare(time(a.approved_at), time(b.approved_at)) ||
    compare(a.id, b.id);
}

function weigh(state: SessionRoom, question: PublicQuestion, sort: Sort, now: number): number {
  if (sort === "new") return time(question.approved_at);
  const votes = votesOf(state, question.id);
  return sort === "top" ? votes : rise(votes, now - time(question.approved_at));
}

function first(questions: readonly PublicQuestion[], id: string | null): readonly PublicQuestion[] {
  const found = questions.find((question) => question.id === id);
  return found ? [found, ...questions.filter((question) => question !== found)] : questions;
}

function time(moment: string | null): number {
  return moment === null ? 0 : Date.parse(moment);
}
