/** Where a text that is too long for one message is best cut. */
import { cutUtf8 } from "./utf8.ts";

/**
 * A cut depends on the text up to this many characters behind the room of a part, and on nothing later: so a text that
 * comes in pieces is cut like the whole. Long enough for the longest name of an HTML entity.
 */
export const LOOKAHEAD = 40;

/** A part that ends early for the sake of a better cut keeps at least this share of its room. */
const LEAST_SHARE = 0.5;

/** What may stand between the sign that ends a sentence and the end of the sentence. */
const CLOSERS = `["'”’」』）)\\]】》]*`;

const PARAGRAPH_ENDS = /(?=\n[^\S\n]*\n)/g;
const LINE_ENDS = /(?=\n)/g;
/** The point of "1." is none, nor is that of "3.14". */
const SENTENCE_ENDS = new RegExp(
  `[。！？…]+${CLOSERS}|(?<!(?:^|\\n)[^\\S\\n]*\\d{1,3})[.!?]+${CLOSERS}(?=\\s)`,
  "g",
);
const CLAUSE_ENDS = /[，、；：]+|[,;:](?=\s)/g;
const WORD_ENDS = /(?<=\S)(?=\s)/g;

/** From the best place for a cut to the worst. */
const ENDS = [PARAGRAPH_ENDS, LINE_ENDS, SENTENCE_ENDS, CLAUSE_ENDS, WORD_ENDS];
/** Where a text that has not ended may be sent from. */
const WORTH_SENDING = [PARAGRAPH_ENDS, LINE_ENDS, SENTENCE_ENDS];

/** The links, the last of which may go on behind what is seen. */
const LINKS = /<a\s[^<>]*(?:>(?:(?!<\/?a[\s>])[^])*(?:<\/a>|$)|$)|<a?$/gi;
const CLOSED_LINK = /<\/a>$/i;
const ENTITIES = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi;

interface Span {
  readonly start: number;
  readonly end: number;
}

let graphemes: Intl.Segmenter | undefined;

/**
 * How many UTF-16 units of `text` the next part takes: at most `maxBytes` bytes of UTF-8, and at least one character.
 *
 * @param text - longer than `maxBytes`; what stands more than `LOOKAHEAD` units behind the room does not matter
 */
export function cutAt(text: string, maxBytes: number): number {
  const room = cutUtf8(text, maxBytes).length;
  const seen = text.slice(0, room + LOOKAHEAD);
  const whole = unbreakable(seen, room);
  for (const ends of ENDS) {
    const end = lastEnd(seen, ends, room, whole);
    if (end >= room * LEAST_SHARE) return end;
  }
  return anywhere(seen, room, whole);
}

/** Where the last sentence, line or paragraph of `text` ends that has ended; 0 when none has. */
export function lastSentenceEnd(text: string): number {
  const whole = unbreakable(text, text.length);
  return Math.max(...WORTH_SENDING.map((ends) => lastEnd(text, ends, text.length, whole)));
}

function lastEnd(text: string, ends: RegExp, room: number, whole: readonly Span[]): number {
  const found: number[] = [];
  for (const match of text.matchAll(ends)) {
    const end = match.index + match[0].length;
    if (end > room) break;
    found.push(end);
  }
  const torn = (end: number) => whole.some((span) => span.start < end && end < span.end);
  return found.findLast((end) => !torn(end) && graphemeStart(text, end) === end) ?? 0;
}

function anywhere(text: string, room: number, whole: readonly Span[]): number {
  const outside = whole.find((span) => span.start > 0 && span.start < room && room < span.end)?.start ?? room;
  const start = graphemeStart(text, outside);
  // A character that alone is larger than a part has to be torn.
  return start > 0 ? start : room;
}

/** Where the character as a reader sees it begins that `index` lies in. */
function graphemeStart(text: string, index: number): number {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return graphemes.segment(text).containing(index)?.index ?? index;
}

/** What must not be torn by a cut at or before `room`: the links and the entities. */
function unbreakable(text: string, room: number): Span[] {
  const spans: Span[] = [];
  if (text.includes("<")) {
    for (const { index: start, 0: link } of text.slice(0, room).matchAll(LINKS)) {
      if (CLOSED_LINK.test(link)) spans.push({ start, end: start + link.length });
      // One that fills the whole part and goes on has no room in any.
      else if (start > 0) spans.push({ start, end: Number.POSITIVE_INFINITY });
    }
  }
  if (text.includes("&")) {
    for (const { index: start, 0: entity } of text.matchAll(ENTITIES)) {
      spans.push({ start, end: start + entity.length });
    }
  }
  return spans;
}
