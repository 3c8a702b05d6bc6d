import { html, nothing } from "lit";
import type { Devices, Kind } from "./call/devices";
import { t } from "../i18n";
import { toast } from "../shell/announce";
import { causeWords } from "./words";

const KINDS = { mic: "audioinput", cam: "videoinput", speaker: "audiooutput" } as const;

/** A choice between the devices of a kind, where there is one. */
export function selectDevice(devices: Devices, kind: Kind | "speaker", label: string) {
  const found = devices.list.filter((each) => each.kind === KINDS[kind] && each.deviceId);
  if (found.length < 2) return nothing;
  const current = devices.used(kind);
  const choose = async (event: Event): Promise<void> => {
    const list = event.target as HTMLSelectElement;
    const cause = await devices.choose(kind, list.value);
    list.value = devices.used(kind);
    if (cause && kind !== "speaker") toast(causeWords(kind, cause).join(" "));
  };
  return html`<select class="input device" aria-label=${label} @change=${choose}>
    ${found.map((each, index) => html`<option value=${each.deviceId} ?selected=${each.deviceId === current}>${each.label || t("Device %(number)s", { number: index + 1 })}</option>`)}
  </select>`;
}
