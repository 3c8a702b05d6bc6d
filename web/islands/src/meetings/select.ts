import { html, nothing } from "lit";
import type { Devices, Kind } from "./call/devices";
import { t } from "../i18n";

const KINDS = { mic: "audioinput", cam: "videoinput", speaker: "audiooutput" } as const;

/** A choice between the devices of a kind, where there is one. */
export function selectDevice(devices: Devices, kind: Kind | "speaker", label: string) {
  const found = devices.list.filter((each) => each.kind === KINDS[kind] && each.deviceId);
  if (found.length < 2) return nothing;
  const current = kind === "speaker" ? devices.choice.speaker : (devices[kind]?.getSettings().deviceId ?? devices.choice[kind]);
  return html`<select class="input device" aria-label=${label} @change=${(event: Event) => void devices.choose(kind, (event.target as HTMLSelectElement).value)}>
    ${found.map((each, index) => html`<option value=${each.deviceId} ?selected=${each.deviceId === current}>${each.label || t("Device %(number)s", { number: index + 1 })}</option>`)}
  </select>`;
}
