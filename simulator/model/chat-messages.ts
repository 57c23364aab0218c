/**
 * Reads the messages of a chat: texts, and lists of parts with pictures.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
import { isJsonObject, textIn } from "../platform/endpoint.ts";
import { badParameter } from "./model-failure.ts";
import { missing, wrongType } from "./wrong-parameter.ts";

/** Who can say something in a chat. */
export const ROLES = ["system", "developer", "user", "assistant", "tool", "function"] as const;

/** One message. */
export interface ChatMessage {
  readonly role: (typeof ROLES)[number];
  /** All that it says, without pictures. */
  readonly text: string;
  /** How many pictures it has. */
  readonly images: number;
}

const DETAILS: readonly unknown[] = [undefined, "auto", "low", "high"];
const IMAGE_URL = /^https?:\/\/\S+$|^data:image\/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+=*$/i;

/** @throws {ModelFailure} 400 with the first thing that is wrong */
export function readMessages(value: unknown): readonly ChatMessage[] {
  if (value === undefined || value === null) throw missing("messages");
  if (!Array.isArray(value)) throw wrongType("messages", "an array of objects", value);
  if (value.length === 0) {
    throw badParameter(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    );
  }
  return value.map((message: unknown, at) => readMessage(message, `messages[${at}]`));
}

function readMessage(message: unknown, param: string): ChatMessage {
  if (!isJsonObject(message)) throw wrongType(param, "an object", message);
  const role = ROLES.find((name) => name === message["role"]);
  if (message["role"] === undefined) throw missing(`${param}.role`);
  if (role === undefined) throw wrongValue(`${param}.role`, message["role"], ROLES);
  if (role === "tool" && textIn(message, "tool_call_id") === undefined)
    throw missing(`${param}.tool_call_id`);
  const { content } = message;
  if (typeof content === "string") return { role, text: content, images: 0 };
  const isCall = role === "assistant" && Array.isArray(message["tool_calls"]);
  if (isCall && (content === undefined || content === null)) return { role, text: "", images: 0 };
  if (!Array.isArray(content))
    throw wrongType(`${param}.content`, "one of a string or array of objects", content);
  const parts = content.map((part: unknown, at) => readPart(part, `${param}.content[${at}]`));
  return {
    role,
    text: parts.flatMap((part) => (part === "image" ? [] : [part.text])).join("\n"),
    images: parts.filter((part) => part === "image").length,
  };
}

function readPart(part: unknown, param: string): "image" | { readonly text: string } {
  if (!isJsonObject(part)) throw wrongType(param, "an object", part);
  const { type } = part;
  if (type === "text" || type === "refusal") {
    const text = textIn(part, type);
    if (text === undefined) throw missing(`${param}.${type}`);
    return { text };
  }
  if (type !== "image_url") throw wrongValue(`${param}.type`, type, ["text", "image_url"]);
  const image = part["image_url"];
  if (!isJsonObject(image)) {
    throw image === undefined
      ? missing(`${param}.image_url`)
      : wrongType(`${param}.image_url`, "an object", image);
  }
  const url = textIn(image, "url");
  if (url === undefined) throw missing(`${param}.image_url.url`);
  if (!IMAGE_URL.test(url)) {
    throw badParameter(
      "Invalid image URL: it must be an http(s) address, or base64 as in data:image/jpeg;base64,{base64_image}.",
      `${param}.image_url.url`,
      "invalid_image_url",
    );
  }
  if (!DETAILS.includes(image["detail"])) {
    throw wrongValue(`${param}.image_url.detail`, image["detail"], ["auto", "low", "high"]);
  }
  return "image";
}

function wrongValue(param: string, got: unknown, values: readonly string[]): Error {
  const supported = values.map((value) => `'${value}'`).join(", ");
  const shown = typeof got === "string" ? `'${got}'` : JSON.stringify(got);
  return badParameter(`Invalid value: ${shown}. Supported values are: ${supported}.`, param, "invalid_value");
}
