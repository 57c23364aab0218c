/**
 * The quick reader for the shape that nearly every push has: `<xml>` with flat, distinct elements, each holding
 * either one CDATA section or plain text. Anything else (nesting, entities, attributes, comments, repeated or
 * half-open elements) is left to the library behind `readXml`, which must read every such body alike: a property
 * test holds the two together.
 */
import { CDATA_END, CDATA_START } from "./cdata.ts";

const START = /^\uFEFF?\s*<xml>/;
const END = /\s*<\/xml>\s*$/y;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const MAX_FLAT_ELEMENTS = 64;

/**
 * Reads a flat `<xml>` body.
 *
 * @returns its fields exactly as written, or `undefined` when the body has any other shape
 */
export function scanFlatXml(text: string): Record<string, string> | undefined {
  const start = START.exec(text);
  if (!start) return undefined;
  const fields: Record<string, string> = {};
  let at = start[0].length;
  for (let count = 0; count <= MAX_FLAT_ELEMENTS; count++) {
    const open = skipBlanks(text, at);
    const nameEnd = text.indexOf(">", open);
    if (nameEnd < 0 || text[open] !== "<") return undefined;
    const name = text.slice(open + 1, nameEnd);
    if (!NAME.test(name)) {
      END.lastIndex = at;
      return END.test(text) ? fields : undefined;
    }
    // `in` and not `hasOwn`: a name that every object inherits (`__proto__`, `toString`) must not become a field.
    if (name in fields) return undefined;
    const isCdata = text.startsWith(CDATA_START, nameEnd + 1);
    const from = isCdata ? nameEnd + 1 + CDATA_START.length : nameEnd + 1;
    const to = text.indexOf(isCdata ? CDATA_END : "<", from);
    if (to < 0) return undefined;
    const value = text.slice(from, to);
    const close = isCdata ? to + CDATA_END.length : to;
    if ((!isCdata && value.includes("&")) || !text.startsWith(`</${name}>`, close)) return undefined;
    fields[name] = value;
    at = close + name.length + "</>".length;
  }
  return undefined;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
