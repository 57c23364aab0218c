/** The text within a paragraph, a heading or a cell: code, links, emphasis. */
import { pair, run, type Run } from "./emphasis.ts";
import { decodeEntities, entityAt } from "./entities.ts";
import { tagAt } from "./html-tags.ts";
import { link } from "./link.ts";
import { type LinkSource, linkAt } from "./link-source.ts";

const SPECIAL = /[\\`$<&*_!\n]|\[|https?:\/\//gi;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
/** An address in the text; no markup is looked for in it, but an asterisk or a back-tick ends it. */
const BARE_ADDRESS = /^https?:\/\/[\w\-.~:/?#@!$&'()+,;=%]+/i;
const AUTOLINK = /^<((?:https?:\/\/|mailto:)[^\s<>]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>/i;
/** No tag and no link is longer: a text full of those that do not end is not to be read to its end for each. */
const LONGEST = 4096;

/** What was read at a place: the text that it becomes, or a run of signs, and how long it is in the source. */
interface Reading {
  readonly out: string | Run;
  readonly length: number;
}

/** Says what stands for a picture in the text; `undefined`: its link, as for one that nothing is said of. */
export type PictureText = (alt: string, address: string) => string | undefined;

/** What is around a text. */
interface Around {
  /** Of links within links only the words are left. */
  readonly inLink: boolean;
  readonly picture: PictureText | undefined;
}
const IN_LINK: Around = { inLink: true, picture: undefined };

/** `markdown` without its markup. */
export function inlineText(markdown: string, picture?: PictureText): string {
  return textWithin(markdown, { inLink: false, picture });
}

function textWithin(markdown: string, around: Around): string {
  const pieces: (string | Run)[] = [];
  for (let at = 0; at < markdown.length;) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(markdown)?.index ?? markdown.length;
    if (next > at) pieces.push(markdown.slice(at, next));
    if (next === markdown.length) break;
    const { out, length } = read(markdown, next, around);
    pieces.push(out);
    at = next + length;
  }
  const runs = pieces.filter((piece) => typeof piece !== "string");
  pair(runs);
  return pieces.map((piece) => (typeof piece === "string" ? piece : piece.sign.repeat(piece.left))).join("");
}

function read(text: string, at: number, around: Around): Reading {
  const sign = text[at] ?? "";
  switch (sign) {
    case "\\":
      return math(text, at) ?? escaped(text, at);
    case "`":
      return code(text, at);
    case "$":
      return dollars(text, at);
    case "<":
      return angle(text, at, around);
    case "&": {
      const entity = entityAt(text, at);
      return entity ? { out: entity.text, length: entity.length } : { out: sign, length: 1 };
    }
    case "*":
    case "_":
      return signs(text, at, sign);
    case "!":
    case "[":
      return bracket(text, at, around);
    case "\n":
      return { out: sign, length: 1 };
    default: {
      const address = BARE_ADDRESS.exec(text.slice(at))?.[0].replace(/_+$/, "") ?? sign;
      return { out: address, length: address.length };
    }
  }
}

function escaped(text: string, at: number): Reading {
  const next = text[at + 1] ?? "";
  if (next === "\n" || PUNCTUATION.test(next)) return { out: next, length: 2 };
  return { out: "\\", length: 1 };
}

/** `\( … \)` and `\[ … \]` stay as they are, as does all between `$` or `$$`. */
function math(text: string, at: number): Reading | undefined {
  const close = text[at + 1] === "(" ? "\\)" : text[at + 1] === "[" ? "\\]" : undefined;
  const end = close === undefined ? -1 : text.indexOf(close, at + 2);
  return end < 0 ? undefined : verbatim(text, at, end + 2);
}

function dollars(text: string, at: number): Reading {
  if (text[at + 1] === "$") {
    const end = text.indexOf("$$", at + 2);
    return verbatim(text, at, end < 0 ? at + 2 : end + 2);
  }
  // A formula begins and ends with no blank, and no digit follows it: "$5 and $6" are prices.
  const formula = /^\$(?=\S)(?:\\[^]|[^$\\\n])*?\S\$(?!\d)|^\$[^$\s]\$(?!\d)/.exec(text.slice(at));
  return verbatim(text, at, at + (formula?.[0].length ?? 1));
}

function verbatim(text: string, from: number, to: number): Reading {
  return { out: text.slice(from, to), length: to - from };
}

function code(text: string, at: number): Reading {
  const fence = /^`+/.exec(text.slice(at))?.[0] ?? "`";
  let end = at + fence.length;
  for (;;) {
    end = text.indexOf(fence, end);
    if (end < 0) return { out: fence, length: fence.length };
    const closing = /^`+/.exec(text.slice(end))?.[0].length ?? 0;
    if (closing === fence.length) break;
    end += closing;
  }
  const content = text.slice(at + fence.length, end).replaceAll("\n", " ");
  const padded = /^ .* $/.test(content) && content.trim() !== "";
  return { out: padded ? content.slice(1, -1) : content, length: end + fence.length - at };
}

function signs(text: string, at: number, sign: string): Reading {
  let end = at;
  while (text[end] === sign) end++;
  const before = /.$/su.exec(text.slice(Math.max(at - 2, 0), at))?.[0] ?? "";
  const after = /^./su.exec(text.slice(end, end + 2))?.[0] ?? "";
  return { out: run(sign, end - at, before, after), length: end - at };
}

/** A tag that formats is dropped, but a line break stays one, `<a>` and `<img>` become links, and sup a "^". */
function angle(text: string, at: number, around: Around): Reading {
  const rest = text.slice(at, at + LONGEST);
  const address = AUTOLINK.exec(rest);
  if (address) return { out: link("", addressOf(address[1] ?? "")), length: address[0].length };
  const commentEnd = rest.startsWith("<!--") ? text.indexOf("-->", at + 4) : -1;
  if (commentEnd >= 0) return { out: "", length: commentEnd + 3 - at };
  const tag = tagAt(text, at);
  if (!tag) return { out: "<", length: 1 };
  const { name, closing, length } = tag;
  if (name === "br" || name === "hr") return { out: "\n", length };
  if (name === "sup" && !closing) return { out: "^", length };
  if (name === "img") return { out: pictureText(tag.alt, tag.address, around), length };
  if (name !== "a" || closing) return { out: "", length };
  const end = /<\/a\s*>/i.exec(text.slice(at + length, at + length + LONGEST));
  if (!end) return { out: "", length };
  const label = textWithin(text.slice(at + length, at + length + end.index), IN_LINK);
  return { out: linkText(label, tag.address, around), length: length + end.index + end[0].length };
}

function addressOf(autolink: string): string {
  return /^[a-z]+:/i.test(autolink) ? autolink : `mailto:${autolink}`;
}

function bracket(text: string, at: number, around: Around): Reading {
  const footnote = /^\[\^([^\s\]]+)\]/.exec(text.slice(at, at + 64));
  if (footnote) return { out: `[${footnote[1] ?? ""}]`, length: footnote[0].length };
  const image = text[at] === "!";
  const source: LinkSource | undefined = linkAt(text, image ? at + 1 : at);
  if (!source) return { out: text[at] ?? "", length: 1 };
  const label = textWithin(source.label, IN_LINK);
  if (image) return { out: pictureText(label, source.address, around), length: source.length + 1 };
  return { out: linkText(label, source.address, around), length: source.length };
}

function pictureText(alt: string, address: string, around: Around): string {
  const own = around.inLink ? undefined : around.picture?.(alt, decodeEntities(address));
  return own ?? linkText(alt, address, around);
}

function linkText(label: string, address: string, { inLink }: Around): string {
  return inLink ? label : link(label, decodeEntities(address));
}
