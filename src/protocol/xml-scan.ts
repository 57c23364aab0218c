/**
 * The quick reader for the shape that nearly every push has: `<xml>` with flat, distinct elements, each holding
 * either one CDATA section or plain text. Anything else (nesting, entities, attributes, comments, repeated or
 * half-open elements) is left to the library behind `readXml`, which must read every such body alike: a property
 * test holds the two together.
 */

/** An element's name and its content up to the closing tag, at the current position and nowhere later. */
const ELEMENT =
  /\s*<([A-Za-z_][A-Za-z0-9_]*)>(?:<!\[CDATA\[([^\]]*(?:\](?!\]>)[^\]]*)*)\]\]>|([^<&]*))<\/([A-Za-z_][A-Za-z0-9_]*)>/y;
const START = /^\uFEFF?\s*<xml>/;
const END = /\s*<\/xml>\s*$/y;
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
    ELEMENT.lastIndex = at;
    const element = ELEMENT.exec(text);
    if (!element) {
      END.lastIndex = at;
      return END.test(text) ? fields : undefined;
    }
    const name = element[1] ?? "";
    // `in` and not `hasOwn`: a name that every object inherits (`__proto__`, `toString`) must not become a field.
    if (name !== element[4] || name in fields) return undefined;
    fields[name] = element[2] ?? element[3] ?? "";
    at = ELEMENT.lastIndex;
  }
  return undefined;
}
