import { html, nothing, type TemplateResult } from "lit";
import type { Call } from "./call/call";
import type { Devices } from "./call/devices";
import { reportFields } from "../conduct/report-fields";
import { t } from "../i18n";
import type { MeetingRoom } from "../exhibition/state/booth";
import { avatar, icon, keycap, profilePath } from "../shell/parts";
import { selectDevice } from "./select";

export type Sheet = "devices" | "people" | "safety" | "report" | "keys" | "bundle";

/** What the dialogs of a call need. */
export interface Behind {
  readonly call: Call;
  readonly devices: Devices;
  readonly state: MeetingRoom;
  readonly report: (event: Event) => void;
  readonly bring: (person: string) => void;
  readonly block: (person: string, blocked: boolean) => void;
  readonly open: (sheet: Sheet, about?: string) => void;
  readonly save: (addresses: boolean) => void;
  readonly about: string;
}

const KEYS = (): readonly (readonly [string, string])[] => [
  ["M", t("Microphone on or off")],
  ["V", t("Camera on or off")],
  ["S", t("Share the screen")],
  ["H", t("Raise or lower the hand")],
  ["C", t("Show or hide the chat")],
  ["?", t("These keys")],
];

export function sheet(which: Sheet, behind: Behind, close: () => void): TemplateResult {
  const [title, body] = SHEETS[which](behind);
  return html`<dialog class="dialog call-sheet" aria-labelledby="call-sheet-title" @close=${close}>
    <div class="dialog-head">
      <h2 id="call-sheet-title">${title}</h2>
      <button class="button button-quiet button-icon" aria-label=${t("Close")} @click=${shut}>${icon("close")}</button>
    </div>
    ${body}
  </dialog>`;
}

function shut(event: Event): void {
  (event.target as Element).closest("dialog")?.close();
}

const SHEETS: Readonly<Record<Sheet, (behind: Behind) => readonly [string, TemplateResult]>> = { devices, people, safety, report, keys, bundle };

function devices({ devices }: Behind) {
  const row = (kind: "mic" | "cam" | "speaker", label: string) =>
    html`<div class="field"><span class="label">${label}</span>${orOnly(selectDevice(devices, kind, label))}</div>`;
  return [
    t("Devices"),
    html`<div class="dialog-body stack">${row("cam", t("Camera"))} ${row("mic", t("Microphone"))} ${row("speaker", t("Loudspeaker"))}</div>`,
  ] as const;
}

function orOnly(choice: unknown) {
  return choice === nothing ? html`<p class="soft">${t("There is no other device.")}</p>` : choice;
}

function people({ call, state, bring, block, open }: Behind) {
  const { own, snapshot } = state;
  const inside = new Map(call.peers.map((each) => [each.person.id, each]));
  return [
    t("People"),
    html`<div class="dialog-body stack">
      <ul class="call-list" role="list">
        ${snapshot.people.map((person) => {
          const self = person.id === own.person?.id;
          const blocked = own.blocked.includes(person.id);
          return html`<li>
            ${avatar(person.name)}
            <span><span dir="auto">${person.name}</span>${self ? html` <span class="soft">(${t("you")})</span>` : nothing}<br /><span class="soft small">${inside.has(person.id) ? t("In this call") : t("Not in the call")}</span></span>
            ${self
              ? nothing
              : html`<span class="row">
                  <a class="button button-small" href="${profilePath(person.id, "call")}#connect" target="_blank">${icon("person")}${t("Connect")}<span class="visually-hidden"> ${t("(opens in a new window)")}</span></a>
                  <button class="button button-small" @click=${() => open("report", person.id)}>${icon("flag")}${t("Report")}</button>
                  <button class="button button-small button-danger-quiet" @click=${() => block(person.id, !blocked)}>${blocked ? t("Unblock") : t("Block")}</button>
                </span>`}
          </li>`;
        })}
      </ul>
      ${own.colleagues.length
        ? html`<h3 class="label">${t("Invite a colleague")}</h3>
            <ul class="call-list" role="list">
              ${own.colleagues.map(
                (person) => html`<li>
                  ${avatar(person.name)}<span dir="auto">${person.name}</span>
                  <button class="button button-small button-primary" @click=${() => bring(person.id)}>${icon("plus")}${t("Bring in")}</button>
                </li>`,
              )}
            </ul>`
        : nothing}
      <p class="soft small">${t("People you block are not notified, and never join a call with you again.")}</p>
    </div>`,
  ] as const;
}

function safety({ call }: Behind) {
  const others = call.peers.filter(({ peer }) => peer !== call.self);
  return [
    t("Safety code"),
    html`<div class="dialog-body stack">
      <p>${t("Read the code to each other. If both see the same digits, nobody intercepts the call, not even this server.")}</p>
      ${others.length
        ? html`<ul class="call-list" role="list">
            ${others.map(({ peer, person }) => {
              const code = call.monitors.get(peer)?.safety;
              return html`<li>
                ${avatar(person.name)}<span dir="auto">${person.name}</span>
                ${code?.broken
                  ? html`<strong class="call-code call-code-broken">${t("Do not trust this connection")}</strong>`
                  : html`<strong class="call-code numbers" data-code=${code?.code ?? ""}>${code?.code ? `${code.code.slice(0, 3)} ${code.code.slice(3)}` : t("not known yet")}</strong>`}
              </li>`;
            })}
          </ul>`
        : html`<p class="soft">${t("The code appears when someone else joins.")}</p>`}
    </div>`,
  ] as const;
}

function report({ state, about, report }: Behind) {
  const { people } = state.snapshot;
  const others = people.filter(({ id }) => id !== state.own.person?.id);
  return [
    t("Report a person"),
    html`<form @submit=${report}>
      <div class="dialog-body stack">
        <p class="soft">${t("The organisers read this. The person is not notified.")}</p>
        <div class="field">
          <label for="report-person">${t("Person")}</label>
          <select class="input" id="report-person" name="person">
            ${others.map(({ id, name }) => html`<option value=${id} ?selected=${id === about}>${name}</option>`)}
          </select>
        </div>
        ${reportFields(t("What happened"))}
        <label class="check"><input type="checkbox" name="block" /><span>${t("Block the person, too")}</span></label>
      </div>
      <div class="dialog-foot">
        <button class="button" type="button" @click=${shut}>${t("Cancel")}</button>
        <button class="button button-danger">${t("Report")}</button>
      </div>
    </form>`,
  ] as const;
}

function keys() {
  return [
    t("Keys"),
    html`<div class="dialog-body">
      <p class="soft">${t("They work while the focus is in the call and you are not writing.")}</p>
      <dl class="keys">${KEYS().map(([key, what]) => html`<div><dt>${keycap(key)}</dt><dd>${what}</dd></div>`)}</dl>
    </div>`,
  ] as const;
}

function bundle({ save }: Behind) {
  const press = (event: Event) => {
    const addresses = (event.target as Element).closest("dialog")?.querySelector<HTMLInputElement>("input")?.checked ?? false;
    save(addresses);
    shut(event);
  };
  return [
    t("Support file"),
    html`<div class="dialog-body stack">
        <p>${t("This file describes the connections, for the operators of this site. It contains no pictures, sound or chat, and is not sent automatically.")}</p>
        <label class="check"><input type="checkbox" /><span>${t("With network addresses")}<small class="soft">${t("Including those of the others: ask them first.")}</small></span></label>
      </div>
      <div class="dialog-foot">
        <button class="button" @click=${shut}>${t("Cancel")}</button>
        <button class="button button-primary" @click=${press}>${icon("download")}${t("Save the file")}</button>
      </div>`,
  ] as const;
}
