import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Call } from "./call/call";
import type { LinkMonitor } from "./call/link-monitor";
import type { Devices } from "./call/devices";
import { t } from "../i18n";
import type { PeerView } from "../live/index";
import { icon, initials } from "../shell/parts";
import { keep, streamOf } from "./streams";
import { levelWords, linkWords, modeWords } from "./words";

export interface OwnTile {
  readonly name: string;
  readonly hand: boolean;
  readonly held: boolean;
  /** A notice above the tiles says that the other has left. */
  readonly noticed: boolean;
  /** The peer whose screen is shown; "": the first. */
  readonly watched: string;
  readonly watch: (peer: string) => void;
}

interface Screen {
  readonly peer: string;
  readonly name: string;
  readonly track: MediaStreamTrack;
}

/** Everybody's pictures. A shared screen is large, the faces are beside it; of several screens the person chooses one. */
export function tiles(call: Call, devices: Devices, own: OwnTile, muted: boolean) {
  const others = call.peers.filter(({ peer }) => peer !== call.self);
  const screens = screensOf(call, others, devices);
  const screen = screens.find(({ peer }) => peer === own.watched) ?? screens[0];
  const layout = screen ? "with-screen" : others.length === 0 ? "alone" : others.length === 1 ? "pair" : "many";
  return html`<div class="call-stage call-${layout}">
    ${screen
      ? html`<figure class="tile tile-screen">
          <video autoplay playsinline muted .srcObject=${keep(streamOf(screen.track))} aria-label=${screen.name}></video>
          <figcaption class="tile-name"><span dir="auto">${screen.name}</span></figcaption>
          ${screens.length > 1 ? switcher(screens, screen, own.watch) : nothing}
        </figure>`
      : nothing}
    <ul class="call-people" role="list" aria-label=${t("People in the call")}>
      ${repeat(others, ({ peer }) => peer, (each) => other(each, call, muted || own.held))} ${self(devices, own, others.length === 0 && !own.noticed ? aloneWords(call) : "")}
    </ul>
  </div>`;
}

function screensOf(call: Call, others: readonly PeerView[], devices: Devices): Screen[] {
  const theirs = others.flatMap(({ peer, person, screen, held }) => {
    const track = screen && !held ? call.monitors.get(peer)?.link.received("screen") : null;
    return track ? [{ peer, name: t("Screen of %(name)s", { name: person.name }), track }] : [];
  });
  return devices.screen ? [...theirs, { peer: call.self, name: t("Your screen"), track: devices.screen }] : theirs;
}

function switcher(screens: readonly Screen[], shown: Screen, watch: (peer: string) => void) {
  return html`<div class="tile-screens" role="group" aria-label=${t("Shared screens")}>
    ${screens.map(({ peer, name }) => html`<button class="button button-small" aria-pressed=${peer === shown.peer} @click=${() => watch(peer)}>${name}</button>`)}
  </div>`;
}

function other(view: PeerView, call: Call, muted: boolean) {
  const monitor = call.monitors.get(view.peer);
  const { name } = view.person;
  const picture = view.cam && !view.held ? (monitor?.link.received("camera") ?? null) : null;
  const silent = monitor?.link.state === "connected" && monitor.reading?.level === "none" && !view.lost;
  const words = silent ? levelWords("none") : monitor ? linkWords(monitor.link) : t("Connecting…");
  const trouble = view.lost && monitor?.link.state !== "connected" ? t("%(name)s has lost the connection", { name }) : words;
  return html`<li class="tile ${view.hand ? "tile-hand" : ""}">
    ${picture && !monitor?.starved
      ? html`<video autoplay playsinline muted .srcObject=${keep(streamOf(picture))} aria-label=${t("Camera of %(name)s", { name })}></video>`
      : face(name)}
    <audio autoplay .muted=${muted} .srcObject=${keep(streamOf(monitor?.link.received("audio") ?? null))}></audio>
    ${trouble
      ? html`<div class="tile-trouble" role="status">
          ${monitor?.link.state === "failed" ? icon("alert") : html`<span class="spinner" aria-hidden="true"></span>`}<span>${trouble}</span>
          ${monitor?.link.state === "failed" ? html`<button class="button button-small" @click=${() => call.tryAgain()}>${t("Try again")}</button>` : nothing}
        </div>`
      : nothing}
    <p class="tile-name">
      ${view.mic ? nothing : mark("mic-off", t("Microphone off"))}
      <span dir="auto">${name}</span>
      ${view.held ? html`<span class="tile-badge">${t("On hold")}</span>` : nothing}
      ${monitor && modeWords(monitor.mode) ? html`<span class="tile-badge">${modeWords(monitor.mode)}</span>` : nothing}
      ${monitor?.reading?.path === "relay" ? html`<span class="tile-badge" title=${t("Video and sound go through a relay, still encrypted.")}>${t("Relayed")}</span>` : nothing}
      ${monitor?.reading && monitor.link.state === "connected" ? quality(monitor) : nothing}
    </p>
    ${view.hand ? html`<p class="tile-raised">${icon("hand")}<span class="visually-hidden">${t("%(name)s has raised a hand", { name })}</span></p>` : nothing}
  </li>`;
}

function aloneWords({ departed }: Call): string {
  return departed ? t("%(name)s has left.", { name: departed.name }) : t("Nobody else is here yet. The others have been notified.");
}

function self(devices: Devices, own: OwnTile, alone: string) {
  const picture = own.held ? null : devices.cam;
  return html`<li class="tile tile-self ${own.hand ? "tile-hand" : ""}">
    ${picture ? html`<video autoplay playsinline muted .srcObject=${keep(streamOf(picture))} aria-label=${t("Your camera")}></video>` : face(own.name)}
    <p class="tile-name">
      ${devices.micOn && !own.held ? nothing : mark("mic-off", t("Your microphone is off"))}
      <span>${t("You")}</span>
      ${own.held ? html`<span class="tile-badge">${t("On hold")}</span>` : nothing}
    </p>
    ${alone ? html`<p class="tile-alone">${alone}</p>` : nothing}
    ${own.hand ? html`<p class="tile-raised">${icon("hand")}<span class="visually-hidden">${t("You have raised your hand")}</span></p>` : nothing}
  </li>`;
}

function face(name: string) {
  return html`<p class="tile-off" aria-hidden="true"><span class="tile-initials">${initials(name)}</span></p>`;
}

function mark(symbol: string, text: string) {
  return html`<span class="tile-mark" title=${text}>${icon(symbol)}<span class="visually-hidden">${text}</span></span>`;
}

function quality({ reading }: LinkMonitor) {
  const level = reading?.level ?? "good";
  const words = levelWords(level);
  return html`<span class="tile-quality tile-quality-${level}" title=${words}><span></span><span></span><span></span><span class="visually-hidden">${words}</span></span>`;
}
