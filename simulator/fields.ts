/** Fields of a push as a person gives them: nested as they are, or with dots in their names. */
import type { WireValue } from "../src/protocol/pushes/wire.ts";
import type { FieldChanges } from "./create-push.ts";

const NAME = /^[A-Za-z_]\w{0,63}$/;
const MAX_DEPTH = 8;

type Fields = Record<string, WireValue>;

/**
 * Reads an object of fields. `{ "ScanCodeInfo.ScanResult": "1" }` and `{ "ScanCodeInfo": { "ScanResult": "1" } }` are
 * the same; numbers and booleans become their text.
 *
 * @returns `undefined` when a name is no element's name, or a value has no place in a push
 */
export function nestedFields(value: unknown): FieldChanges | undefined {
  try {
    const read = valueOf(value, 0);
    return typeof read === "object" && !Array.isArray(read) ? read : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function valueOf(value: unknown, depth: number): WireValue {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) throw new RangeError("no field");
  if (Array.isArray(value)) return value.map((one: unknown) => valueOf(one, depth + 1));
  const fields: Fields = {};
  for (const [path, inner] of Object.entries(value)) put(fields, path.split("."), valueOf(inner, depth + 1));
  return fields;
}

function put(fields: Fields, path: readonly string[], value: WireValue): void {
  const [name = "", ...rest] = path;
  if (!NAME.test(name) || name in {}) throw new RangeError("no name of an element");
  const present = fields[name];
  const nested: Fields = typeof present === "object" && !Array.isArray(present) ? { ...present } : {};
  if (rest.length > 0) {
    put(nested, rest, value);
    fields[name] = nested;
  } else {
    fields[name] = value;
  }
}
