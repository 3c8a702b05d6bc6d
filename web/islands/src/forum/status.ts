/**
 * A list that does not move under its reader. Items keep their places; new ones are only counted until the reader asks for them.
 * Removed items disappear immediately.
 */
export class Standing {
  private order: readonly string[] = [];
  private asked = true;

  /** Takes the correct order and returns the displayed one. `settle`: the reader has asked for the correct order. */
  show(wanted: readonly string[], { settle = false } = {}): readonly string[] {
    if (this.asked || settle || this.order.length === 0) {
      this.order = wanted;
      this.asked = false;
      return this.order;
    }
    const there = new Set(wanted);
    this.order = this.order.filter((id) => there.has(id));
    // Items at the very end move nothing.
    const shown = new Set(this.order);
    let end = wanted.length;
    while (end > 0 && !shown.has(wanted[end - 1] ?? "")) end -= 1;
    this.order = [...this.order, ...wanted.slice(end)];
    return this.order;
  }

  /** The number of items not shown yet, and whether the shown ones are out of order. */
  news(wanted: readonly string[]): { readonly count: number; readonly moved: boolean } {
    const shown = new Set(this.order);
    const known = wanted.filter((id) => shown.has(id));
    return { count: wanted.length - known.length, moved: known.some((id, index) => id !== this.order[index]) };
  }

  /** The next rendering uses the correct order. */
  ask(): void {
    this.asked = true;
  }
}
