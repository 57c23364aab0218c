/**
 * JSON to the same plain values that XML gives: every leaf a string. Numbers keep the digits they were sent with,
 * for ids exceed 2^53.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
import type { WireObject, WireValue } from "./pushes/wire.ts";

const MAX_DEPTH = 16;

/** A body that is not one JSON object of bounded depth. The message names the fault, never content. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
}

/**
 * Reads the fields of a JSON body.
 *
 * @throws {JsonFault} when the body is anything but an object
 */
export function readJson(text: string): WireObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, sourceOfNumbers);
  } catch {
    throw new JsonFault("not JSON");
  }
  const value = wireValue(parsed, 0);
  if (typeof value !== "object" || Array.isArray(value)) throw new JsonFault("not a JSON object");
  return value;
}

function sourceOfNumbers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}

function wireValue(value: unknown, depth: number): WireValue {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (typeof value === "boolean") return String(value);
  if (depth > MAX_DEPTH) throw new JsonFault(`more than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item: unknown) => wireValue(item, depth + 1));
  const fields: Record<string, WireValue> = {};
  for (const [name, inner] of Object.entries(value ?? {})) {
    if (name in fields) throw new JsonFault("a member with a forbidden name");
    fields[name] = wireValue(inner, depth + 1);
  }
  return fields;
}
