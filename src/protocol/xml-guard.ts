/**
 * Reads the markup of a body before the XML library does. The library is lenient (unclosed tags, two roots and
 * plain text all "parse") and would process a DTD; this is the strict part: well-formed, small, shallow, no DTD.
 * Text and CDATA are passed over, so whatever a user typed is no concern here.
 */
import { CDATA_END, CDATA_START } from "./cdata.ts";

const MAX_TAGS = 2_000;
const MAX_DEPTH = 16;
const COMMENT_START = "<!--";
const COMMENT_END = "-->";
const DECLARATION = /^\uFEFF?\s*<\?xml [^<>?]{0,100}\?>/;
const TAG = /<(\/?)([A-Za-z_][\w.-]{0,127})((?:\s[^<>]{0,1024})?)(\/?)>/y;

/** Where the root element begins: behind a byte order mark and an XML declaration, where there are any. */
export function rootOffset(text: string): number {
  return DECLARATION.exec(text)?.[0].length ?? 0;
}

/**
 * Checks that `text` is one well-formed element of bounded size.
 *
 * @returns what is wrong, for the operator's log, or `undefined` when nothing is
 */
export function xmlFault(text: string): string | undefined {
  const open: string[] = [];
  let tags = 0;
  let roots = 0;
  let end = rootOffset(text);
  for (let at = text.indexOf("<", end); at >= 0; at = text.indexOf("<", end)) {
    if (open.length === 0 && text.slice(end, at).trim() !== "") return "text outside the root element";
    if (text.startsWith(CDATA_START, at)) {
      const close = text.indexOf(CDATA_END, at);
      if (close < 0 || open.length === 0)
        return "a CDATA section that is not closed or not inside an element";
      end = close + CDATA_END.length;
      continue;
    }
    if (++tags > MAX_TAGS) return `more than ${MAX_TAGS} tags`;
    if (text.startsWith(COMMENT_START, at)) {
      const close = text.indexOf(COMMENT_END, at + COMMENT_START.length);
      if (close < 0) return "a comment that is not closed";
      end = close + COMMENT_END.length;
      continue;
    }
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (!tag) return "markup other than elements, CDATA and comments (a DTD, a processing instruction)";
    const [, closing, name = "", , selfClosing] = tag;
    if (name in {}) return "an element with a forbidden name";
    if (closing) {
      if (open.pop() !== name) return "tags that do not match";
    } else {
      if (open.length === 0 && ++roots > 1) return "more than one root element";
      if (!selfClosing) open.push(name);
      if (open.length > MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
    }
    end = TAG.lastIndex;
  }
  if (open.length > 0 || roots === 0) return "an element that is not closed, or none";
  return text.slice(end).trim() === "" ? undefined : "text behind the root element";
}
