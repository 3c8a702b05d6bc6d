const AT_ONCE = 10;
const PAUSE = 1_000; // milliseconds between so many: a connection may send 120 messages in ten seconds

/** Does the work for all items, a few at once, so that the server accepts them all. */
export async function spread<T>(items: readonly T[], work: (item: T) => Promise<void>, pause = PAUSE): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
  }
}

/** The questions that a moderator marks to handle them together. */
export class SelectedRows {
  on = false;
  private ids: ReadonlySet<string> = new Set();

  constructor(private readonly changed: () => void) {}

  get size(): number {
    return this.ids.size;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  turn(on: boolean): void {
    this.on = on;
    this.set([]);
  }

  set(ids: Iterable<string>): void {
    this.ids = new Set(ids);
    this.changed();
  }

  toggle(id: string): void {
    this.set(this.has(id) ? [...this.ids].filter((each) => each !== id) : [...this.ids, id]);
  }
}
