/** Long texts in parts that WeChat takes. */
import { MAX_TEXT_BYTES } from "./replies.ts";
import { cutUtf8, utf8Length } from "./utf8.ts";

/** Blank lines, line ends and the ends of sentences, in the order in which a part would rather end there. */
const BREAKS = [/\n\s*\n/g, /\n/g, /[。！？；.!?;]\s?/g];
/** A part that ends early for the sake of a break keeps at least this share of its room. */
const LEAST_SHARE = 0.5;

/** The text in parts of at most `maxBytes` bytes of UTF-8 each; no character is cut in two. */
export function splitText(text: string, maxBytes = MAX_TEXT_BYTES): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length * 3 > maxBytes && utf8Length(rest) > maxBytes) {
    const part = upToBreak(cutUtf8(rest, maxBytes));
    parts.push(part);
    rest = rest.slice(part.length);
  }
  parts.push(rest);
  return parts;
}

function upToBreak(part: string): string {
  for (const pattern of BREAKS) {
    let end = 0;
    for (const match of part.matchAll(pattern)) end = match.index + match[0].length;
    if (end >= part.length * LEAST_SHARE) return part.slice(0, end);
  }
  return part;
}
