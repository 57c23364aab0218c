/** What of a message a reader reads. */
import type { AnyPush } from "../../protocol/pushes/wire.ts";
import type { Reply } from "../../protocol/replies.ts";
import { decodeEntities } from "../text/entities.ts";

const TAGS = /<[^<>]*>/g;

/** The words of a reply; empty for a picture, a recording and the like. */
export function wordsOfReply(reply: Reply): string {
  switch (reply.MsgType) {
    case "text":
      return reply.Content;
    case "news":
      return lines(reply.Articles.flatMap(({ Title, Description }) => [Title, Description]));
    case "music":
      return lines([reply.Music.Title, reply.Music.Description]);
    case "video":
      return lines([reply.Video.Title, reply.Video.Description]);
    case "raw":
      return typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    case "image":
    case "voice":
    case "transfer_customer_service":
      return "";
  }
}

/** The words of a user's message; empty for an event, a picture and the like. */
export function wordsOfMessage(message: AnyPush): string {
  if (message.MsgType === "event") return "";
  return lines(["Content", "Recognition", "Title", "Description"].map((name) => Reflect.get(message, name)));
}

/** A text as it is written, and as it reads without its tags where it has any: a word may go on behind a link. */
export function formsOf(text: string): string[] {
  const read = decodeEntities(text.replace(TAGS, ""));
  return read === text ? [text] : [text, read];
}

function lines(texts: readonly unknown[]): string {
  return texts.filter((text) => typeof text === "string" && text !== "").join("\n");
}
