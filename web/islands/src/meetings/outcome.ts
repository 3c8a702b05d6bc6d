import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t, tn } from "../i18n";
import { RoomController, type CallOutcome } from "../live/index";
import { meeting } from "../exhibition/state/booth";
import { say } from "../shell/announce";
import { icon } from "../shell/parts";
import { fault, wordsOf } from "../shell/refusal";

const STARS = [1, 2, 3, 4, 5];

/** A person's own rating of the talk. It can be changed. */
@customElement("plenary-call-outcome")
export class CallOutcomeForm extends LitElement {
  @property() room = "";
  @state() private editing = false;
  @state() private problem = "";
  private readonly followed = new RoomController(this, meeting, () => this.room);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const outcome = this.followed.state?.own.outcome ?? null;
    if (outcome && !this.editing) {
      return html`<div class="row row-apart">
        <p>
          ${icon("check")} ${outcome.outcome === "held" ? t("The call took place.") : t("The other person did not come.")}
          ${outcome.rating ? tn("%(count)s star", "%(count)s stars", outcome.rating) : nothing}
        </p>
        <button class="button button-small" @click=${() => (this.editing = true)}>${t("Change")}</button>
      </div>`;
    }
    return html`<form class="stack" @submit=${this.save}>
      <fieldset class="stack stack-tight">
        <legend class="label">${t("Did the call take place?")}</legend>
        <div class="segments">
          <label><input class="visually-hidden" type="radio" name="outcome" value="held" required ?checked=${outcome?.outcome !== "no_show"} /><span>${t("Yes, we talked")}</span></label>
          <label><input class="visually-hidden" type="radio" name="outcome" value="no_show" ?checked=${outcome?.outcome === "no_show"} /><span>${t("No, they did not come")}</span></label>
        </div>
      </fieldset>
      <fieldset class="stack stack-tight">
        <legend class="label">${t("How was it?")}</legend>
        <div class="segments">
          ${STARS.map(
            (stars) =>
              html`<label title=${tn("%(count)s star", "%(count)s stars", stars)}><input class="visually-hidden" type="radio" name="rating" value=${stars} aria-label=${tn("%(count)s star", "%(count)s stars", stars)} ?checked=${outcome?.rating === stars} />${icon("star")}<span aria-hidden="true" class="numbers">${stars}</span></label>`,
          )}
        </div>
      </fieldset>
      <div class="field"><label for="outcome-note">${t("A private note")}</label><textarea id="outcome-note" name="note" rows="2" maxlength="500" .value=${outcome?.note ?? ""}></textarea></div>
      ${fault(this.problem, "outcome-fault")}
      <div class="row"><button class="button button-primary">${t("Save")}</button></div>
    </form>`;
  }

  private readonly save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const rating = Number(form.get("rating")) || null;
    const outcome = form.get("outcome") as CallOutcome;
    try {
      await this.followed.send({ op: "call.rate", outcome, rating, note: String(form.get("note") ?? "") });
      this.problem = "";
      this.editing = false;
      say(t("Saved."));
    } catch (error) {
      this.problem = wordsOf(error);
    }
  };
}
