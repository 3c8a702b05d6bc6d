import type { ModeratedQuestion } from "../../live/index";
import { laneOf, neighbour, queue, UNFILTERED, type Filter, type Lane } from "../state/queue";
import { moderated, type SessionRoom } from "../state/session";
import { Standing } from "../status";

/** What stands in a moderator's queue, and which question of it is chosen. `changed` is called after every change, `moved` when another one is chosen. */
export class QuestionChoice {
  filter: Filter = UNFILTERED;
  id: string | null = null;
  shown: readonly string[] = [];
  private place = 0;
  private readonly standing = new Standing();
  private readonly leaving = new Set<string>(); // by the moderator's own act, which is under way

  constructor(
    private readonly changed: () => void,
    private readonly moved: () => void,
  ) {}

  /** To be called before the queue is drawn. */
  update(state: SessionRoom): void {
    const shown = this.standing.show(this.wanted(state));
    // The chosen question stays where it was, even when a colleague has dealt with it, until one moves on.
    const { id } = this;
    const gone = id !== null && !shown.includes(id) && !this.leaving.has(id) && this.shown.includes(id) && moderated(state, id);
    this.shown = gone ? [...shown.slice(0, this.place), id, ...shown.slice(this.place)] : shown;
    for (const each of this.leaving) if (!shown.includes(each)) this.leaving.delete(each);
    const staying = this.shown.filter((each) => !this.leaving.has(each));
    if (id === null || !staying.includes(id)) this.choose(staying[Math.min(this.place, staying.length - 1)] ?? null);
    else this.place = this.shown.indexOf(id);
  }

  /** What waits to be shown. */
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

  /** What is new takes its place. */
  settle(): void {
    this.standing.ask();
    this.changed();
  }

  /** To a question wherever it stands. */
  goTo(question: ModeratedQuestion): void {
    this.narrow({ ...UNFILTERED, lane: laneOf(question) });
    this.comeBack(question.id);
    this.moved();
  }

  /** A question is about to go; the hand goes on at once. Whether it was the chosen one. */
  leave(id: string): boolean {
    this.leaving.add(id);
    this.changed();
    if (id !== this.id) return false;
    const staying = this.shown.filter((each) => each === id || !this.leaving.has(each));
    const at = staying.indexOf(id);
    this.choose(staying[at + 1] ?? staying[at - 1] ?? null);
    return true;
  }

  /** It did not go after all. */
  stay(id: string): void {
    this.leaving.delete(id);
    this.changed();
  }

  /** It did not go, and is chosen again. */
  comeBack(id: string): void {
    this.leaving.delete(id);
    this.id = id;
    this.changed();
  }

  private wanted(state: SessionRoom): readonly string[] {
    return queue(state, this.filter).map(({ id }) => id);
  }
}
