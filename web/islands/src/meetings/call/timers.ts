/** Timers by name. Setting one again replaces it. */
export class Timers {
  private readonly running = new Map<string, () => void>();

  constructor(private readonly timer: (ms: number, then: () => void) => () => void) {}

  set(name: string, ms: number, then: () => void): void {
    this.clear(name);
    this.running.set(name, this.timer(ms, then));
  }

  clear(...names: string[]): void {
    for (const name of names) {
      this.running.get(name)?.();
      this.running.delete(name);
    }
  }

  clearAll(): void {
    this.clear(...this.running.keys());
  }
}
