/**
 * A list that somebody reads. What is there keeps its place; what is new waits, and is told of by a number, until it is asked for.
 * What is gone goes at once.
 */
export class Standing {
  private order: readonly string[] = [];
  private asked = true;

  /** Takes the order in which things should stand, and gives the one in which they are shown. `settle`: whoever reads has asked for it. */
  show(wanted: readonly string[], { settle = false } = {}): readonly string[] {
    if (this.asked || settle || this.order.length === 0) {
      this.order = wanted;
      this.asked = false;
      return this.order;
    }
    const there = new Set(wanted);
    this.order = this.order.filter((id) => there.has(id));
    // What belongs at the very end moves nothing.
    const shown = new Set(this.order);
    let end = wanted.length;
    while (end > 0 && !shown.has(wanted[end - 1] ?? "")) end -= 1;
    this.order = [...this.order, ...wanted.slice(end)];
    return this.order;
  }

  /** How many wait to be shown, and whether those that are shown stand in another order than they should. */
  news(wanted: readonly string[]): { readonly count: number; readonly moved: boolean } {
    const shown = new Set(this.order);
    const known = wanted.filter((id) => shown.has(id));
    return { count: wanted.length - known.length, moved: known.some((id, index) => id !== this.order[index]) };
  }

  /** The next drawing takes the order as it should be. */
  ask(): void {
    this.asked = true;
  }
}
