import { Live } from "./live";
import type { SocketEvents, ConnectionEnvironment } from "./connection";
import { ProblemError } from "./problem";
import type { ProblemView } from "./types";
import { SUBPROTOCOL } from "./wire";

const TICKET_WITHIN = 15_000;

let page: Live | null = null;

/** The page's one live connection. It opens when the first room is followed. */
export function live(): Live {
  if (page) return page;
  const made = new Live(browser);
  window.addEventListener("online", () => made.retryNow());
  window.addEventListener("offline", () => made.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") made.retryNow();
  });
  // An open socket would keep the page out of the browser's back-forward cache.
  window.addEventListener("pagehide", () => made.suspend());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) made.restart();
  });
  page = made;
  return made;
}

const browser: ConnectionEnvironment = {
  ticket,
  open,
  now: () => Date.now(),
  timer: (ms, then) => {
    const handle = setTimeout(then, ms);
    return () => clearTimeout(handle);
  },
  random: () => Math.random(),
  key,
};

async function ticket(): Promise<string> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
  const response = await fetch("/live/ticket", {
    method: "POST",
    headers: { "X-CSRF-Token": csrf, Accept: "application/json" },
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TICKET_WITHIN),
  });
  const body: unknown = await response.json();
  if (response.ok) return (body as { ticket: string }).ticket;
  throw new ProblemError((body as { error: ProblemView }).error);
}

function open(events: SocketEvents) {
  const address = new URL("/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address, SUBPROTOCOL);
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") events.heard(data);
  };
  socket.onclose = ({ code, reason }) => events.closed(code, reason);
  return {
    send: (text: string) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (code: number) => socket.close(code),
  };
}

/** `crypto.randomUUID` only exists on secure origins, and a trial in a local network may not be one. */
function key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
