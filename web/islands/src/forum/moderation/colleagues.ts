import { t } from "../../i18n";

/** A colleague's action on the selected question, in words; empty if it need not be announced. */
export function colleagueDid(event: string, name: string): string {
  const said: Readonly<Record<string, string>> = {
    "question.approved": t("%(name)s has approved this.", { name }),
    "question.dismissed": t("%(name)s has dismissed this.", { name }),
    "question.restored": t("%(name)s has restored this.", { name }),
    "question.claimed": t("%(name)s is working on it.", { name }),
    "question.merged": t("%(name)s has merged this.", { name }),
  };
  return said[event] ?? "";
}
