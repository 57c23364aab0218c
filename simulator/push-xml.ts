/** A push as the XML that WeChat sends: strings in CDATA, numbers bare, repeated elements side by side. */
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { cdata } from "../src/protocol/cdata.ts";
import { numericPaths } from "./catalog.ts";

const NUMBER = /^(?:-?\d+(?:\.\d+)?|true|false)$/;
const NAME = /^[A-Za-z_][\w.-]{0,127}$/;

/** The selector of a push without its product: `text`, `event:CLICK`. */
export function selectorOf(push: PushEnvelope & { readonly Event?: unknown }): string {
  const { MsgType, Event } = push;
  return MsgType === "event" && typeof Event === "string" ? `event:${Event}` : MsgType;
}

/**
 * Writes a push.
 *
 * Any text is safe: what XML has no place for is left out, and `]]>` is split over two sections.
 *
 * @throws {TypeError} when a field's name is no name for an element, or a leaf no string
 */
export function pushXml(push: PushEnvelope): string {
  const numeric = numericPaths(selectorOf(push));
  const lines = Object.entries(push).map(([name, value]: [string, unknown]) =>
    element(name, value, name, numeric),
  );
  return `<xml>${lines.filter((line) => line !== "").join("\n")}\n</xml>`;
}

function element(name: string, value: unknown, path: string, numeric: ReadonlySet<string>): string {
  if (!NAME.test(name)) throw new TypeError(`"${name.slice(0, 40)}" is no name for an element`);
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((one: unknown) => element(name, one, path, numeric)).join("");
  if (typeof value === "string") {
    return `<${name}>${numeric.has(path) && NUMBER.test(value) ? value : cdata(value)}</${name}>`;
  }
  if (typeof value !== "object" || value === null) throw new TypeError(`${path} must be a string`);
  const children = Object.entries(value).map(([child, inner]: [string, unknown]) =>
    element(child, inner, `${path}.${child}`, numeric),
  );
  return `<${name}>${children.join("")}</${name}>`;
}
