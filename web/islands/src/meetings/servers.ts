import { iceOf } from "./call/signals";
import type { RelayFault, Wire } from "./call/environment";
import { ProblemError, type IceView } from "../live/index";

const AGAIN = 500; // ms

/** The servers for the network test. Waits until the page is connected. `fault`: for the operator, why a relay cannot be used. */
export async function serversOf(wire: Wire, fault: RelayFault | null = null): Promise<readonly RTCIceServer[]> {
  for (;;) {
    await whenUp(wire);
    try {
      return iceOf((await wire.ask({ op: "rtc.ice", fields: fault ? { fault } : {} })) as IceView).servers;
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
