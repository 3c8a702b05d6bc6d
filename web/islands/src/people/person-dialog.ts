import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t, tn } from "../i18n";
import { live, type PersonView } from "../live/index";
import { toast } from "../shell/announce";
import { icon } from "../shell/parts";
import { follow, type ChatKind } from "./people";
import { toastRefusal } from "../shell/refusal";

const MINUTES = [5, 15, 60];

/** A moderator's actions on a person. */
@customElement("plenary-person-dialog")
export class PersonDialog extends LitElement {
  @property() room = "";
  @property() kind: ChatKind = "session";
  @property({ attribute: false }) person: PersonView = { id: "", name: "" };
  @state() private reason = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    const { name } = this.person;
    return html`<dialog class="dialog" aria-labelledby="person-title" @close=${() => this.remove()}>
      <div class="dialog-head">
        <h2 id="person-title" dir="auto">${name}</h2>
        <button class="button button-quiet button-icon" aria-label=${t("Close")} @click=${this.close}>${icon("close")}</button>
      </div>
      <div class="dialog-body stack">
        <p class="soft small">${t("A silenced person can read and vote, but not write or ask.")}</p>
        <div class="field">
          <label for="person-reason">${t("Reason (for the other moderators)")}</label>
          <input id="person-reason" maxlength="300" .value=${this.reason} @input=${(event: Event) => (this.reason = (event.target as HTMLInputElement).value)} />
        </div>
        <div class="row">
          ${MINUTES.map(
            (minutes) => html`<button class="button" @click=${() => this.silence(minutes)}>${icon("silence")}${tn("%(count)s minute", "%(count)s minutes", minutes)}</button>`,
          )}
          <button class="button" @click=${() => this.silence(null)}>${icon("silence")}${t("Until lifted")}</button>
        </div>
      </div>
      <div class="dialog-foot">
        <button class="button button-danger start" @click=${this.ban}>
          ${icon("leave", { turns: true })}${this.kind === "lobby" ? t("Remove from the conference") : t("Remove from the session")}
        </button>
        <button class="button" @click=${this.close}>${t("Cancel")}</button>
      </div>
      ${nothing}
    </dialog>`;
  }

  private readonly close = (): void => this.querySelector("dialog")?.close();

  private get followed() {
    return live().room(this.room, follow(() => this.kind));
  }

  private async silence(minutes: number | null): Promise<void> {
    const { person, followed } = this;
    this.close();
    try {
      await followed.send({ op: "person.silence", person: person.id, minutes, reason: this.reason });
      toast(t("%(name)s is silenced", { name: person.name }), {
        act: { label: t("Undo"), run: () => void followed.send({ op: "person.unsilence", person: person.id }).catch(toastRefusal) },
      });
    } catch (error) {
      toastRefusal(error);
    }
  }

  private readonly ban = async (): Promise<void> => {
    const { person, followed } = this;
    this.close();
    try {
      await followed.send({ op: "person.remove", person: person.id, reason: this.reason });
      toast(t("%(name)s is removed", { name: person.name }), {
        act: { label: t("Undo"), run: () => void followed.send({ op: "person.readmit", person: person.id }).catch(toastRefusal) },
      });
    } catch (error) {
      toastRefusal(error);
    }
  };
}

export function openPersonDialog(room: string, kind: ChatKind, person: PersonView): void {
  const dialog = document.createElement("plenary-person-dialog") as PersonDialog;
  Object.assign(dialog, { room, kind, person });
  document.body.append(dialog);
}
