import type { Call } from "./call";

const ADDRESSES = new Set(["address", "ip", "relatedAddress", "url"]);

/** The support file: states, statistics and the browser, to find out why a call failed. Addresses only if `addresses`. */
export async function supportBundle(call: Call, addresses: boolean): Promise<string> {
  const links = await Promise.all(
    [...call.monitors.values()].map(async ({ link, reading, mode }) => ({
      peer: link.peer,
      gen: link.gen,
      state: link.state,
      relayProblem: link.relayProblem,
      mode,
      reading,
      marks: link.marks,
      log: link.log.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`),
      stats: link.pc ? [...(await link.pc.getStats()).values()].map((each: object) => (addresses ? each : without(each))) : [],
    })),
  );
  const { userAgent, language } = navigator;
  return JSON.stringify({ at: new Date().toISOString(), userAgent, language, phase: call.phase, self: call.self, links }, null, 2);
}

function without(stats: object): object {
  return Object.fromEntries(Object.entries(stats).filter(([name]) => !ADDRESSES.has(name)));
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
