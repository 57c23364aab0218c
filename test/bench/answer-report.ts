/** What became of a question to the assistant: what the phone shows, held against what the model was told to write. */
import { readableText } from "../../src/handlers/text/readable-text.ts";
import { splitText } from "../../src/protocol/split-text.ts";
import { utf8Length } from "../../src/protocol/utf8.ts";
import type { AccountKind } from "../../simulator/account.ts";
import { sentencesIn, writtenText } from "../../simulator/model/written-text.ts";
import type { TimelineEntry } from "../../simulator/timeline.ts";
import { type Asker, contentOf, MAILBOX_HINT, MORE_HINT } from "./asker.ts";

/** What became of one question. */
export interface AnswerReport {
  /** What is wrong with the text on the phone; unset when it is there from its first character to its last, once. */
  readonly fault: string | undefined;
  /** It is not whole, but in order as far as it goes, and says that it broke off. */
  readonly saysSo: boolean;
  /** How often the model was asked. */
  readonly calls: number;
  /** Messages that carry the answer, and into how many it is split at least. */
  readonly parts: number;
  readonly leastParts: number;
  /** Messages beyond the question that the user sent, and how many the parts force. */
  readonly extra: number;
  readonly leastExtra: number;
  /** How often WeChat said that the account is out of order. */
  readonly notices: number;
  /** From the question to the first character; to the last that came before the user had to write; to the last of all. */
  readonly firstMs: number | undefined;
  readonly unaskedMs: number | undefined;
  readonly allMs: number | undefined;
  /** What the phone shows, shortened, with the seconds since the question. */
  readonly story: string;
}

const LABEL = "（内容由 AI 生成）";
const END = "全文完";
const BROKEN_OFF = `（回答中断，以上是已有的内容）${LABEL}`;
const MAX_TEXT_BYTES = 2_048;
/** Customer-service messages that follow a message of the user's. */
const PUSHES_PER_MESSAGE = 5;
const EXCERPT = 12;

/** Whether the answer has ended on the phone. */
export function isOver(timeline: readonly TimelineEntry[]): boolean {
  return timeline.some((entry) => contentOf(entry).includes(LABEL));
}

/** @param calls how often the model was asked what this user asked */
export function reportOf({ began, timeline, collected, question }: Asker, calls: number): AnswerReport {
  const parts = timeline.filter((entry) => entry.at >= began && said(entry) !== "");
  const [first] = parts;
  const asked = timeline.filter(({ from }) => from === "user");
  const wroteAt = asked[1]?.at ?? Infinity;
  const after = (entry: TimelineEntry | undefined): number | undefined => entry && entry.at - began;
  const inTime = first !== undefined && "exchange" in first && first.exchange === exchangeOf(asked[0]);
  const written = `${readableText(writtenText({ bytes: question.bytes }))}\n\n${LABEL}`;
  const [is, should] = [bare(parts.map(said).join("\n")), bare(written)];
  return {
    fault: faultIn(is, should),
    saysSo: saysThatItBrokeOff(is, should),
    calls,
    parts: parts.length,
    leastParts: splitText(written, MAX_TEXT_BYTES, MAX_TEXT_BYTES - utf8Length(`\n\n${MORE_HINT}`)).length,
    extra: collected,
    leastExtra: leastExtra(question.account, parts.length, inTime),
    notices: timeline.filter(({ from }) => from === "system").length,
    firstMs: after(first),
    unaskedMs: after(parts.findLast(({ at }) => at < wroteAt)),
    allMs: after(parts.at(-1)),
    story: timeline.map((entry) => lineOf(entry, began)).join("\n"),
  };
}

/** How often the user has to write again for so many parts. @param inTime whether the first one answers the question */
function leastExtra(kind: AccountKind, parts: number, inTime: boolean): number {
  const pushes = kind === "personal" ? 0 : PUSHES_PER_MESSAGE;
  const left = parts - (pushes + (inTime ? 1 : 0));
  return Math.max(0, Math.ceil(left / (pushes + 1)));
}

/** What an entry says of the answer itself. */
function said(entry: TimelineEntry): string {
  return contentOf(entry).replaceAll(MORE_HINT, "").replaceAll(MAILBOX_HINT, "").trim();
}

function exchangeOf(entry: TimelineEntry | undefined): string | undefined {
  return entry?.from === "user" ? entry.exchange : undefined;
}

function lineOf(entry: TimelineEntry, began: number): string {
  const text =
    entry.from === "user"
      ? String(Reflect.get(entry.push, "Content"))
      : entry.from === "system"
        ? entry.fault
        : contentOf(entry).replace(/\s+/g, " ");
  const short =
    text.length > 4 * EXCERPT ? `${text.slice(0, 2 * EXCERPT)} … ${text.slice(-2 * EXCERPT)}` : text;
  const by = "via" in entry ? entry.via : entry.from;
  return `  ${((entry.at - began) / 1000).toFixed(1)} ${by}: ${short} (${utf8Length(text)} bytes)`;
}

/** White space aside: that at a cut goes. */
function bare(text: string): string {
  return text.replace(/\s+/g, "");
}

function saysThatItBrokeOff(is: string, should: string): boolean {
  const wanted = sentencesIn(should);
  return is.endsWith(bare(BROKEN_OFF)) && sentencesIn(is).every((number, index) => number === wanted[index]);
}

function faultIn(is: string, should: string): string | undefined {
  if (is === should) return undefined;
  if (is === "") return "nothing came";
  const numbers = sentencesIn(is);
  const counts = Map.groupBy(numbers, (number) => number);
  const wanted = Map.groupBy(sentencesIn(should), (number) => number);
  const lost = [...wanted].filter(([n, all]) => (counts.get(n)?.length ?? 0) < all.length).map(([n]) => n);
  const twice = [...counts].filter(([n, all]) => all.length > (wanted.get(n)?.length ?? 0)).map(([n]) => n);
  const at = Array.from(is).findIndex((character, index) => character !== Array.from(should)[index]);
  const from = Math.max(0, (at < 0 ? is.length : at) - EXCERPT);
  return [
    ...(lost.length > 0 ? [`lost ${lost.length} of ${wanted.size} sentences, from ${lost[0]}`] : []),
    ...(twice.length > 0 ? [`${twice.length} too often, from ${twice[0]}`] : []),
    ...(lost.length + twice.length === 0 && !is.includes(END) ? ["no end"] : []),
    `"${is.slice(from, from + 2 * EXCERPT)}" instead of "${should.slice(from, from + 2 * EXCERPT)}"`,
  ].join("; ");
}
