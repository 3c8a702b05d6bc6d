import { html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { t } from "../i18n";
import type { Command, ReportReason } from "../live/index";
import { toast } from "../shell/announce";
import { icon } from "../shell/parts";
import { fault, wordsOf } from "../shell/refusal";
import { reported, reportFields } from "./report-fields";

interface Reporting {
  readonly title: string;
  readonly quote: string;
  send(report: { reason: ReportReason; text: string }): Promise<unknown>;
}

/** Reports a message or a question to the organisers. */
@customElement("plenary-report-dialog")
export class ReportDialog extends LitElement {
  @property({ attribute: false }) about: Reporting = { title: "", quote: "", send: () => Promise.resolve() };
  @state() private problem = "";
  private sending = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render() {
    const { title, quote } = this.about;
    return html`<dialog class="dialog" aria-labelledby="report-title" @close=${() => this.remove()}>
      <div class="dialog-head">
        <h2 id="report-title">${title}</h2>
        <button class="button button-quiet button-icon" aria-label=${t("Close")} @click=${this.close}>${icon("close")}</button>
      </div>
      <form @submit=${this.submit}>
        <div class="dialog-body stack">
          <blockquote class="pre quote" dir="auto">${quote}</blockquote>
          <p class="soft">${t("The organisers read this. The person is not notified.")}</p>
          ${reportFields(t("Comment (optional)"))} ${fault(this.problem, "report-fault")}
        </div>
        <div class="dialog-foot">
          <button class="button" type="button" @click=${this.close}>${t("Cancel")}</button>
          <button class="button button-danger">${t("Report")}</button>
        </div>
      </form>
    </dialog>`;
  }

  private readonly close = (): void => this.querySelector("dialog")?.close();

  private readonly submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    this.problem = "";
    try {
      await this.about.send(reported(event.target as HTMLFormElement));
      this.close();
      toast(t("The organisers have been notified"));
    } catch (error) {
      this.problem = wordsOf(error);
    } finally {
      this.sending = false;
    }
  };
}

function open(about: Reporting): void {
  const dialog = document.createElement("plenary-report-dialog") as ReportDialog;
  dialog.about = about;
  document.body.append(dialog);
}

type Send = (command: Command) => Promise<unknown>;

export function reportMessage(send: Send, { id, text }: { id: string; text: string }): void {
  open({ title: t("Report a message"), quote: text, send: (report) => send({ op: "chat.report", message: id, ...report }) });
}

export function reportQuestion(send: Send, { id, text }: { id: string; text: string }): void {
  open({ title: t("Report a question"), quote: text, send: (report) => send({ op: "question.report", question: id, ...report }) });
}
