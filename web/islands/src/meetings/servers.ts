import { iceOf } from "./call/signals";
import type { Wire } from "./call/environment";
import { ProblemError, type IceView } from "../live/index";

const AGAIN = 500; // ms

/** The servers with which the network is tried. A connection that is not there yet, or is lost meanwhile, is waited for: it says nothing about them. */
export async function serversOf(wire: Wire): Promise<readonly RTCIceServer[]> {
  for (;;) {
    await whenUp(wire);
    try {
      return iceOf((await wire.ask({ op: "rtc.ice", fields: {} })) as IceView).servers;
    } catch (problem) {
      if (!(problem instanceof ProblemError) || problem.code !== "unavailable") throw problem;
      await new Promise((resolve) => window.setTimeout(resolve, AGAIN));
    }
  }
}

async function whenUp({ up }: Wire): Promise<void> {
  if (up.value) return;
  await new Promise<void>((resolve) => {
    const stop = up.subscribe(() => {
      stop();
      resolve();
    });
  });
}
