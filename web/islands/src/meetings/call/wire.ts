import { live, Observable, type DirectMessage } from "../../live/index";
import type { Wire } from "./environment";

/** The page's connection, for one room. The page must also follow the room, whose join goes first. */
export function wireOf(room: string): Wire & { readonly close: () => void } {
  const line = live();
  const up = new Observable(line.connection.value.phase === "live");
  const stop = line.connection.subscribe(({ phase }) => {
    if (phase !== "live") return up.set(false);
    // The rooms are joined right after this callback. A frame sent now would arrive before the join.
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
