/** What a tab remembers of its call, to return to it after a reload. */
export interface Kept {
  readonly token: string;
  readonly peer: string;
  /** The screen was shared: a reload ends that. */
  readonly sharing?: boolean;
  /** The generation of the connection to each other peer. */
  readonly gens: Readonly<Record<string, number>>;
}

export interface Memory {
  read(): Kept | null;
  write(kept: Kept | null): void;
}

/** In sessionStorage, if available. */
export function memoryOf(room: string): Memory {
  const name = `plenary-call:${room}`;
  return {
    read: () => {
      try {
        return JSON.parse(sessionStorage.getItem(name) ?? "null") as Kept | null;
      } catch {
        return null;
      }
    },
    write: (kept) => {
      try {
        if (kept) sessionStorage.setItem(name, JSON.stringify(kept));
        else sessionStorage.removeItem(name);
      } catch {
        // Without storage, a reload joins as a new peer.
      }
    },
  };
}
