import { html, LitElement } from "lit";
import { customElement } from "lit/decorators.js";
import { t } from "../i18n";
import { Follow } from "../live/index";
import { quiet, setQuiet } from "./announce";

/** The switch for announcing news to screen readers. Results of the person's own actions are always announced. */
@customElement("plenary-announcements")
export class Announcements extends LitElement {
  private readonly paused = new Follow(this, quiet);

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<hr />
      <label class="check menu-check"
        ><input type="checkbox" role="switch" .checked=${!this.paused.value} @change=${(event: Event) => setQuiet(!(event.target as HTMLInputElement).checked)} /><span
          >${t("Announce news")}<small class="soft">${t("Announced to screen readers, a few at a time.")}</small></span
        ></label
      >`;
  }
}
