import type { MessageView } from "../../live/types";
import type { SharedOwn } from "../../shell/state/room";

/** The maximum number of messages on the page; a snapshot has the latest 100. */
export const KEPT_MESSAGES = 500;

export function withMessage(messages: readonly MessageView[], message: MessageView): readonly MessageView[] {
  if (messages.some((other) => other.id === message.id)) return messages;
  return [...messages, message].sort((a, b) => a.number - b.number).slice(-KEPT_MESSAGES);
}

/** The number of messages by others after the person's read mark. */
export function unreadIn(messages: readonly MessageView[], own: SharedOwn): number {
  return messages.filter((message) => message.number > own.read && message.author.id !== own.person?.id).length;
}
