/** What a tab keeps of its call, so that a reload finds back into it. */
export interface Kept {
  readonly token: string;
  readonly peer: string;
  /** The generation of the connection to each other peer. */
  readonly gens: Readonly<Record<string, number>>;
}

export interface Memory {
  read(): Kept | null;
  write(kept: Kept | null): void;
}

/** In the tab's own storage, where there is any. */
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
        // Without storage a reload begins anew.
      }
    },
  };
}
