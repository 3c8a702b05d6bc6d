import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../i18n";
import { RoomController, type OwnLead, type Purpose, type Source } from "../live/index";
import { booth, type BoothRoom } from "./state/booth";
import { say } from "../shell/announce";
import { Island } from "../shell/island";
import { toastRefusal } from "../shell/refusal";

type Act = Parameters<RoomController<BoothRoom>["send"]>[0];

function purposeName(purpose: Purpose): string {
  return purpose === "news" ? t("to answer me, and to send me news and offers") : t("to answer me about what we talked about");
}

/** Sharing a contact with an exhibitor (also on request of its staff), and withdrawing it. */
@customElement("plenary-lead")
export class Lead extends Island {
  @property() room = "";
  @property() email = "";
  @state() private busy = false;
  private readonly followed = new RoomController(this, booth, () => this.room, {
    onEvent: (event) => {
      if (event.type === "lead.own" && event.lead?.state === "asked") say(this.question(event.lead));
    },
  });

  protected override get ready(): boolean {
    return this.followed.state !== null;
  }

  protected override render() {
    const state = this.followed.state;
    if (!state?.own.person) return nothing;
    const { lead } = state.own;
    if (lead?.state === "given") {
      return html`<p>${t("You have shared your contact: %(purpose)s.", { purpose: purposeName(lead.purpose) })}</p>
        <div class="row">${this.button(t("Withdraw"), { op: "lead.withdraw" })}</div>`;
    }
    return html`${lead ? html`<p class="lead-asked">${this.question(lead)}</p>` : nothing}
      <form class="stack" id="lead-form" @submit=${this.share}>
        <fieldset class="stack">
          <legend>${t("The exhibitor may use it")}</legend>
          ${(["follow_up", "news"] as const).map(
            (purpose, index) =>
              html`<label class="check"><input type="radio" name="purpose" value=${purpose} ?checked=${!index} /><span>${purposeName(purpose)}</span></label>`,
          )}
        </fieldset>
        <div class="field">
          <label for="lead-organisation">${t("Organisation (optional)")}</label>
          <input class="input" id="lead-organisation" name="organisation" autocomplete="organization" maxlength="120" />
        </div>
        ${this.email
          ? nothing
          : html`<div class="field">
              <label for="lead-email">${t("Email address")}</label>
              <input class="input" id="lead-email" name="email" type="email" autocomplete="email" maxlength="254" required aria-describedby="lead-email-hint" />
              <p class="field-hint" id="lead-email-hint">${t("Where the exhibitor can reach you. Nobody else sees it.")}</p>
            </div>`}
        <p class="soft small">
          ${this.email
            ? t("This shares your name, %(name)s, and your address, %(email)s. You can withdraw it at any time.", { name: state.own.person.name, email: this.email })
            : t("This shares your name, %(name)s. You can withdraw it at any time.", { name: state.own.person.name })}
        </p>
      </form>
      <div class="row">
        <button class="button button-primary" form="lead-form" ?disabled=${this.busy}>${t("Share my contact")}</button>
        ${lead ? this.button(t("No, thanks"), { op: "lead.withdraw" }) : nothing}
      </div>`;
  }

  private question(lead: OwnLead): string {
    const name = lead.asked_by?.name ?? "";
    return t("%(name)s asks for your contact. Nothing else depends on your answer.", { name });
  }

  private button(label: string, command: Act) {
    return html`<button class="button" type="button" ?disabled=${this.busy} @click=${() => this.act(command)}>${label}</button>`;
  }

  private readonly share = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const purpose = form.get("purpose") as Purpose;
    void this.act({ op: "lead.share", purpose, source: this.source(), organisation: String(form.get("organisation") ?? ""), email: String(form.get("email") ?? "") });
  };

  private source(): Source {
    const { snapshot, own } = this.followed.state ?? {};
    if (own?.place) return "queue";
    if (own?.contacts.some(({ state }) => state !== "done")) return "contact";
    return snapshot?.messages.some(({ author }) => author.id === own?.person?.id) ? "chat" : "booth";
  }

  private async act(command: Act): Promise<void> {
    this.busy = true;
    try {
      await this.followed.send(command);
    } catch (error) {
      toastRefusal(error);
    } finally {
      this.busy = false;
    }
  }
}
