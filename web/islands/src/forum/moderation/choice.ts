import type { ModeratedQuestion } from "../../live/index";
import { laneOf, neighbour, queue, UNFILTERED, type Filter, type Lane } from "../state/queue";
import { moderated, type SessionRoom } from "../state/session";
import { Standing } from "../status";

/** The questions in a moderator's queue and the selected one. `changed` is called after every change, `moved` when another one is selected. */
export class QuestionChoice {
  filter: Filter = UNFILTERED;
  id: string | null = null;
  shown: readonly string[] = [];
  private place = 0;
  private readonly standing = new Standing();
  private readonly leaving = new Set<string>(); // by the moderator's own pending action

  constructor(
    private readonly changed: () => void,
    private readonly moved: () => void,
  ) {}

  /** To be called before the queue is drawn. */
  update(state: SessionRoom): void {
    const shown = this.standing.show(this.wanted(state));
    // The selected question keeps its place, even after a colleague has handled it, until the moderator moves on.
    const { id } = this;
    const gone = id !== null && !shown.includes(id) && !this.leaving.has(id) && this.shown.includes(id) && moderated(state, id);
    this.shown = gone ? [...shown.slice(0, this.place), id, ...shown.slice(this.place)] : shown;
    for (const each of this.leaving) if (!shown.includes(each)) this.leaving.delete(each);
    const staying = this.shown.filter((each) => !this.leaving.has(each));
    if (id === null || !staying.includes(id)) this.choose(staying[Math.min(this.place, staying.length - 1)] ?? null);
    else this.place = this.shown.indexOf(id);
  }

  /** The number of new questions that are not shown yet. */
  news(state: SessionRoom): ReturnType<Standing["news"]> {
    return this.standing.news(this.wanted(state));
  }

  choose(id: string | null): void {
    if (id === this.id) return;
    this.id = id;
    this.place = id ? Math.max(0, this.shown.indexOf(id)) : 0;
    this.moved();
    this.changed();
  }

  step(steps: number): void {
    this.choose(neighbour(this.shown, this.id, steps));
  }

  narrow(changes: Partial<Filter>): void {
    this.filter = { ...this.filter, ...changes };
    this.settle();
  }

  lane(lane: Lane): void {
    this.narrow({ lane });
    this.choose(null);
    this.shown = [];
    this.place = 0;
  }

  /** Shows the new questions in their places. */
  settle(): void {
    this.standing.ask();
    this.changed();
  }

  /** Selects a question in any lane. */
  goTo(question: ModeratedQuestion): void {
    this.narrow({ ...UNFILTERED, sort: this.filter.sort, lane: laneOf(question) });
    this.comeBack(question.id);
    this.moved();
  }

  /** A question is about to leave the queue, so the selection moves on. Returns whether it was the selected one. */
  leave(id: string): boolean {
    this.leaving.add(id);
    this.changed();
    if (id !== this.id) return false;
    const staying = this.shown.filter((each) => each === id || !this.leaving.has(each));
    const at = staying.indexOf(id);
    this.choose(staying[at + 1] ?? staying[at - 1] ?? null);
    return true;
  }

  /** The question stays after all. */
  stay(id: string): void {
    this.leaving.delete(id);
    this.changed();
  }

  /** The question stays and is selected again. */
  comeBack(id: string): void {
    this.leaving.delete(id);
    this.id = id;
    this.changed();
  }

  private wanted(state: SessionRoom): readonly string[] {
    return queue(state, this.filter).map(({ id }) => id);
  }
}
