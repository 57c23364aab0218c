/** Plain text of a push to the `Push` that handlers are chosen by. */
import type { ProductId } from "./dialects/index.ts";
import { JsonFault, readJson } from "./json-read.ts";
import { REPEATED_ELEMENTS } from "./pushes/selectors.ts";
import type { AnyPush, WireValue } from "./pushes/wire.ts";
import { readXml, XmlFault } from "./xml-read.ts";

/** One verified, decrypted, parsed push. */
export interface Push {
  readonly product: ProductId;
  /** What WeChat calls it, without the product: `text`, `event:CLICK`, `event:change_contact:create_user`. */
  readonly type: string;
  readonly message: AnyPush;
  /** The format it came in; the reply goes out in the same one. */
  readonly format: "xml" | "json";
}

/** A text that is no push. The message names the fault, never content. */
export class PushFault extends Error {
  override readonly name = "PushFault";
}

/** Blanks around these are layout: they decide where a push goes. Everything else stays as it was sent. */
const KEYS = [
  "MsgType",
  "Event",
  "InfoType",
  "ChangeType",
  "FromUserName",
  "ToUserName",
  "AgentID",
  "MsgId",
  "CreateTime",
];
/** Fields that a forged second element could shadow: they must be there at most once, and as text. */
const SINGLE = [...KEYS, "EventKey", "Content", "Recognition"];
/** Every push has these by type; some service events leave one out. */
const ENVELOPE = ["ToUserName", "FromUserName", "CreateTime"];

/**
 * Parses a push of `product`.
 *
 * @throws {PushFault} when the text is no well-formed push
 */
export function parsePush(text: string, product: ProductId): Push {
  const format = text.trimStart().startsWith("{") ? "json" : "xml";
  const fields = readFields(text, format);
  for (const name of SINGLE) {
    const value = fields[name];
    if (value !== undefined && typeof value !== "string") throw new PushFault(`${name} is not one text`);
  }
  for (const name of KEYS) {
    const value = fields[name];
    if (typeof value !== "string") continue;
    const trimmed = value.trim();
    if (trimmed !== value) fields[name] = trimmed;
  }
  for (const name of ENVELOPE) fields[name] ??= "";
  if (!isPush(fields)) throw new PushFault("MsgType is missing");
  const type = typeOf(fields);
  for (const path of REPEATED_ELEMENTS.get(`${product}/${type}`) ?? []) makeArray(fields, path.split("."));
  return { product, type, message: fields, format };
}

function readFields(text: string, format: "xml" | "json"): Record<string, WireValue> {
  try {
    return format === "json" ? readJson(text) : readXml(text);
  } catch (error) {
    if (error instanceof XmlFault || error instanceof JsonFault)
      throw new PushFault(error.message, { cause: error });
    throw error;
  }
}

function isPush(fields: Record<string, WireValue>): fields is Record<string, WireValue> & AnyPush {
  return typeof fields["MsgType"] === "string" && fields["MsgType"] !== "";
}

function typeOf(message: AnyPush): string {
  const { MsgType, Event, ChangeType } = message;
  if (MsgType !== "event" || Event === undefined) return MsgType;
  return ChangeType === undefined || ChangeType === "" ? `event:${Event}` : `event:${Event}:${ChangeType}`;
}

/** A repeated element that came once looks like a single one; the catalog says which ones repeat. */
function makeArray(fields: Record<string, WireValue>, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const value = fields[name];
  if (value === undefined) return;
  if (rest.length === 0) {
    if (!Array.isArray(value)) fields[name] = [value];
    return;
  }
  for (const inner of Array.isArray(value) ? value : [value]) {
    if (typeof inner === "object" && !Array.isArray(inner)) makeArray(inner, rest);
  }
}
