import type { MessageView } from "../../live/types";
import type { SharedOwn } from "../../shell/state/room";

/** So many messages of a chat are kept on the page; a snapshot brings the latest 100. */
export const KEPT_MESSAGES = 500;

export function withMessage(messages: readonly MessageView[], message: MessageView): readonly MessageView[] {
  if (messages.some((other) => other.id === message.id)) return messages;
  return [...messages, message].sort((a, b) => a.number - b.number).slice(-KEPT_MESSAGES);
}

/** How many messages of others stand behind the person's mark. */
export function unreadIn(messages: readonly MessageView[], own: SharedOwn): number {
  return messages.filter((message) => message.number > own.read && message.author.id !== own.person?.id).length;
}
