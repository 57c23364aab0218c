/** HTML entities in what a model writes. */

/** The names that models use. Of the more than two thousand of HTML, the others stay as they are. */
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  ensp: "\u2002",
  emsp: "\u2003",
  thinsp: "\u2009",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  middot: "·",
  bull: "•",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  laquo: "«",
  raquo: "»",
  times: "×",
  divide: "÷",
  plusmn: "±",
  minus: "−",
  deg: "°",
  micro: "µ",
  frac12: "½",
  sup2: "²",
  sup3: "³",
  le: "≤",
  ge: "≥",
  ne: "≠",
  asymp: "≈",
  infin: "∞",
  larr: "←",
  uarr: "↑",
  rarr: "→",
  darr: "↓",
  harr: "↔",
  rArr: "⇒",
  hArr: "⇔",
  alpha: "α",
  beta: "β",
  pi: "π",
  Delta: "Δ",
  yen: "¥",
  euro: "€",
  pound: "£",
  cent: "¢",
  sect: "§",
  para: "¶",
  check: "✓",
  hearts: "♥",
  star: "☆",
};

const ENTITY = /^&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z][a-zA-Z\d]{1,30}));/;
/** The entity that `text` has at `index`: what it stands for, and how long it is. */
export function entityAt(text: string, index: number): { text: string; length: number } | undefined {
  const match = ENTITY.exec(text.slice(index, index + 33));
  if (!match) return undefined;
  const [{ length }, decimal, hex, name] = match;
  if (name !== undefined) {
    const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    return named === undefined ? undefined : { text: named, length };
  }
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return isAllowed(code) ? { text: String.fromCodePoint(code), length } : undefined;
}

/** `text` with its entities replaced. */
export function decodeEntities(text: string): string {
  return text.replace(/&[#\w]+;/g, (entity) => entityAt(entity, 0)?.text ?? entity);
}

/** Whether XML, in which WeChat takes a reply, has the character. */
function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a;
  return (
    (code < 0xd800 && code !== 0x7f) || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code < 0x110000)
  );
}
