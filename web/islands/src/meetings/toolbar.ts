import { html, nothing } from "lit";
import type { Devices } from "./call/devices";
import { t } from "../i18n";
import { icon } from "../shell/parts";
import type { Sheet } from "./dialogs";

export interface Bar {
  readonly devices: Devices;
  readonly hand: boolean;
  readonly held: boolean;
  readonly chat: boolean;
  readonly unread: number;
  readonly toggleMic: () => void;
  readonly toggleCam: () => void;
  readonly toggleScreen: () => void;
  readonly toggleHand: () => void;
  readonly toggleHold: () => void;
  readonly toggleChat: () => void;
  readonly open: (sheet: Sheet) => void;
  readonly leave: () => void;
}

/** The toolbar of a call. Labels name the function; `aria-pressed` says whether it is on. */
export function toolbar(bar: Bar) {
  const { devices } = bar;
  const shares = "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;
  return html`<div class="call-bar" role="toolbar" aria-label=${t("Call")}>
    ${button(devices.micOn ? "mic" : "mic-off", t("Microphone"), devices.micOn, bar.toggleMic, "M", !devices.micOn)}
    ${button(devices.camOn ? "camera" : "camera-off", t("Camera"), devices.camOn, bar.toggleCam, "V", !devices.camOn)}
    ${shares ? button("screen", t("Share the screen"), devices.screen !== null, bar.toggleScreen, "S") : nothing}
    ${button("hand", t("Raise the hand"), bar.hand, bar.toggleHand, "H")}
    <span class="call-chat-button">
      ${button("chat", t("Chat"), bar.chat, bar.toggleChat, "C")}
      ${bar.unread && !bar.chat ? html`<span class="count count-new">${bar.unread}</span>` : nothing}
    </span>
    <details class="menu call-more">
      <summary class="button button-round" title=${t("More")}>${icon("more")}<span class="visually-hidden">${t("More")}</span></summary>
      <div class="menu-sheet">
        ${item("pause", bar.held ? t("Come back from hold") : t("Put on hold"), bar.toggleHold)} ${item("settings", t("Devices"), () => bar.open("devices"))}
        ${item("people", t("People"), () => bar.open("people"))} ${item("shield", t("Safety code"), () => bar.open("safety"))}
        ${item("flag", t("Report a person"), () => bar.open("report"))} ${item("download", t("Support file"), () => bar.open("bundle"))}
        ${item("keyboard", t("Keys"), () => bar.open("keys"))}
      </div>
    </details>
    <button class="button button-danger button-round call-leave" title=${t("Leave the call")} @click=${bar.leave}>
      ${icon("hangup")}<span class="visually-hidden">${t("Leave the call")}</span>
    </button>
  </div>`;
}

function button(symbol: string, label: string, on: boolean, press: () => void, key: string, off = false) {
  return html`<button class="button button-round ${off ? "button-off" : ""}" aria-pressed=${on} aria-keyshortcuts=${key} title="${label} (${key})" aria-label=${label} @click=${press}>
    ${icon(symbol)}
  </button>`;
}

function item(symbol: string, label: string, press: () => void) {
  const pressed = (event: Event) => {
    const menu = (event.target as Element).closest("details");
    if (menu) menu.open = false;
    press();
  };
  return html`<button class="menu-item" @click=${pressed}>${icon(symbol)}${label}</button>`;
}
