import { live, Observable, type DirectMessage } from "../../live/index";
import type { Wire } from "./environment";

/** A room's part of the page's connection. The room must be followed, too: its frame of joining goes before any other. */
export function wireOf(room: string): Wire & { readonly close: () => void } {
  const line = live();
  const up = new Observable(line.connection.value.phase === "live");
  const stop = line.connection.subscribe(({ phase }) => {
    if (phase !== "live") return up.set(false);
    // The rooms are joined right after this: whoever sends at once would come before them.
    queueMicrotask(() => up.set(line.connection.value.phase === "live"));
  });
  return {
    up,
    ask: ({ op, fields }) => line.ask({ op, room, ...fields }),
    signals: (listener: (heard: DirectMessage) => void) => line.signals(room, listener),
    hurry: () => line.retryNow(),
    close: stop,
  };
}
