import { reported } from "../conduct/report-fields";
import { t } from "../i18n";
import type { Command } from "../live/index";
import { toast } from "../shell/announce";
import { toastRefusal } from "../shell/refusal";

/** Commands of a call. Each shows a toast when it has succeeded or failed. */
export class CallCommands {
  constructor(private readonly send: (command: Command) => Promise<unknown>) {}

  readonly extend = (): Promise<void> => this.act(() => this.send({ op: "call.extend" }), t("Five more minutes"));

  readonly bring = (person: string): Promise<void> =>
    this.act(() => this.send({ op: "call.bring", person }), t("Your colleague has been notified"));

  readonly block = (person: string, blocked: boolean): Promise<void> =>
    this.act(() => this.send(blocked ? { op: "person.block", person } : { op: "person.unblock", person }), blocked ? t("Blocked") : t("Unblocked"));

  readonly report = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = new FormData(form);
    const person = String(given.get("person"));
    await this.act(() => this.send({ op: "person.report", person, ...reported(form) }), t("The organisers have been notified"));
    if (given.has("block")) await this.block(person, true);
    form.closest("dialog")?.close();
  };

  private async act(send: () => Promise<unknown>, said: string): Promise<void> {
    try {
      await send();
      toast(said);
    } catch (error) {
      toastRefusal(error);
    }
  }
}
