import { t } from "../i18n";
import type { Cause, Kind } from "./call/devices";
import type { RelayFault } from "./call/environment";
import type { Link } from "./call/link";
import type { Level } from "./call/quality";
import type { MediaMode } from "./call/ladder";
import type { Verdict } from "./call/trial";

/** What a link lacks; "" while it works. */
export function linkWords({ state, relayProblem }: Link): string {
  switch (state) {
    case "connected":
      return "";
    case "unstable":
      return t("The connection is interrupted…");
    case "restarting":
    case "rebuilding":
      return relayProblem ? relayWords(relayProblem) : t("Connecting again…");
    case "relay_only":
      return t("Trying through a relay…");
    case "failed":
      return relayProblem ? `${t("No connection")}. ${relayWords(relayProblem)}` : t("No connection");
    default:
      return relayProblem ? relayWords(relayProblem) : t("Connecting…");
  }
}

function relayWords(fault: RelayFault): string {
  switch (fault) {
    case "refused":
      return t("The relay rejects the credentials of this site. Please tell the organisers.");
    case "tls":
      return t("No secure connection to the relay: the network blocks it, or its certificate is not trusted.");
    case "silent":
      return t("The relay does not answer. Trying again…");
  }
}

/** What we send to a person, if it is not everything. */
export function modeWords(mode: MediaMode): string {
  if (mode === "audio" || mode === "narrow") return t("You send sound only");
  return mode === "text" ? t("You send text only") : "";
}

/** Announced when a link changes by itself what it carries. */
export function modeChangeWords(name: string, mode: MediaMode): string {
  if (mode === "audio") return t("The connection to %(name)s is weak. Your video is paused; sound continues.", { name });
  if (mode === "narrow") return t("The connection to %(name)s is weak: sound goes on at a lower quality.", { name });
  if (mode === "text") return t("The connection to %(name)s is too weak for sound. Use the chat; sound returns automatically.", { name });
  return t("The connection to %(name)s has recovered. Your video is back.", { name });
}

export function levelWords(level: Level): string {
  switch (level) {
    case "good":
      return t("Good connection");
    case "fair":
      return t("Fair connection");
    case "poor":
      return t("Poor connection");
    case "none":
      return t("Nothing arrives");
  }
}

/** Why a camera or microphone cannot be opened, and what helps. */
export function causeWords(kind: Kind, cause: Cause): readonly [string, string] {
  const camera = kind === "cam";
  switch (cause) {
    case "denied":
      return [
        camera ? t("The browser was not allowed to use the camera.") : t("The browser was not allowed to use the microphone."),
        t("Select the icon next to the page address, allow access, and try again."),
      ];
    case "missing":
      return [
        camera ? t("No camera was found.") : t("No microphone was found."),
        t("Plug one in, or join without it."),
      ];
    case "busy":
      return [
        camera ? t("Another program is using the camera.") : t("Another program is using the microphone."),
        t("Close the other program, or choose another device."),
      ];
    case "insecure":
      return [t("This page is not served over a secure connection."), t("Open it with https:// and try again.")];
    default:
      return [
        camera ? t("The camera did not start.") : t("The microphone did not start."),
        t("Unplug it and plug it in again, or choose another device."),
      ];
  }
}

/** Announced when a lost device is back. */
export function backWords(kind: Kind): string {
  return kind === "cam" ? t("Your camera is back.") : t("Your microphone is back.");
}

/** The result of the network test: its kind, what was found, and what helps. */
export function networkWords(verdict: Verdict): readonly ["good" | "warning" | "fault", string, string] {
  switch (verdict) {
    case "good":
      return ["good", t("UDP and the relay work."), ""];
    case "relay":
      return ["good", t("The relay works."), ""];
    case "no_udp":
      return ["warning", t("Your network blocks UDP, so the call uses TCP."), t("It works, but video and sound may lag. Another network is better.")];
    case "reached":
      return ["warning", t("The relay answers, but nothing came back through it."), t("A direct connection will be tried. If it fails, try another network.")];
    case "refused":
      return ["warning", t("The relay rejects the credentials of this site."), t("Please tell the organisers. In most networks a direct connection works.")];
    case "blocked":
      return ["fault", t("No relay can be reached: a firewall seems to block calls."), t("Leave the company's network or VPN, or ask its administrators to allow calls.")];
    default:
      return ["good", t("No relay is available: only direct connections are possible."), t("In most networks that works. If it does not, try another one.")];
  }
}
