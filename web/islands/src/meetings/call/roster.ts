import type { PeerView } from "../../live/types";
import type { Shown } from "./environment";

/** Whether we joined after a peer, so that we make the first offer. */
export function joinedAfter(peers: readonly PeerView[], self: string, peer: string): boolean {
  const order = peers.map((each) => each.peer);
  return order.indexOf(self) > order.indexOf(peer);
}

/** Whether a peer sends anything, by the roster. */
export function sendsMedia(peers: readonly PeerView[], peer: string): boolean {
  const view = peers.find((each) => each.peer === peer);
  return view !== undefined && !view.held && (view.mic || view.cam || view.screen);
}

export function nameOf(peers: readonly PeerView[], peer: string): string {
  return peers.find((each) => each.peer === peer)?.person.name ?? "";
}

/** Whether anything that we show has changed. */
export function differ(before: Shown, after: Shown): boolean {
  return (Object.keys(after) as (keyof Shown)[]).some((name) => after[name] !== before[name]);
}
