/** Sends one item after another, in the order in which they were given. */
export class Outbox<Item> {
  private items: Item[] = [];
  private draining = false;

  /** `returned` takes the refused item and those after it. */
  constructor(
    private readonly send: (item: Item) => Promise<unknown>,
    private readonly returned: (items: readonly Item[], error: unknown) => void,
    private readonly changed: () => void,
  ) {}

  get size(): number {
    return this.items.length;
  }

  add(item: Item): void {
    this.items.push(item);
    this.changed();
  }

  /** Takes out what is not under way. */
  recall(): readonly Item[] {
    return this.items.splice(this.draining ? 1 : 0);
  }

  async drain(): Promise<void> {
    if (this.draining) return;
    this.draining = true;
    for (let item = this.items[0]; item !== undefined; item = this.items[0]) {
      try {
        await this.send(item);
        this.items.shift();
      } catch (error) {
        this.returned(this.items.splice(0), error);
      }
      this.changed();
    }
    this.draining = false;
  }
}
