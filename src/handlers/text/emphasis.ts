/** Which of the asterisks and underscores of a text are markup. */

/** A run of the same sign: what is left of it after its pairs were taken out is text. */
export interface Run {
  readonly sign: string;
  /** How many of the signs are not taken out. */
  left: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

const ALPHANUMERIC = /[A-Za-z0-9]/;
const WORD = /[\p{L}\p{N}_]/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;

/**
 * The run of `count` times `sign` between two characters, "" for none.
 *
 * CommonMark's rules with two changes. Punctuation beside two asterisks does not matter: by the letter of CommonMark
 * `**“重点”**是` is not bold, for Chinese has no blanks between its words, and models write that all the time. And
 * asterisks between Latin letters or digits stay: 2*3*4, x**2.
 *
 * @see https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis
 */
export function run(sign: string, count: number, before: string, after: string): Run {
  const opens = flanks(after, before, count);
  const closes = flanks(before, after, count);
  if (sign === "_") {
    return { sign, left: count, opens: opens && !WORD.test(before), closes: closes && !WORD.test(after) };
  }
  const inside = ALPHANUMERIC.test(before) && ALPHANUMERIC.test(after);
  return { sign, left: count, opens: opens && !inside, closes: closes && !inside };
}

/** Whether a run belongs to the text on its side `inner`. */
function flanks(inner: string, outer: string, count: number): boolean {
  if (inner === "" || /\s/.test(inner)) return false;
  return count > 1 || !PUNCTUATION.test(inner) || outer === "" || /\s/.test(outer) || PUNCTUATION.test(outer);
}

/** Takes the pairs out of the runs of a text. */
export function pair(runs: readonly Run[]): void {
  const open: Run[] = [];
  for (const closer of runs) {
    if (closer.closes) close(closer, open);
    if (closer.opens && closer.left > 0) open.push(closer);
  }
}

function close(closer: Run, open: Run[]): void {
  while (closer.left > 0) {
    const index = open.findLastIndex((opener) => opener.sign === closer.sign && fits(opener, closer));
    const opener = open[index];
    if (!opener) return;
    const taken = opener.left >= 2 && closer.left >= 2 ? 2 : 1;
    opener.left -= taken;
    closer.left -= taken;
    // What was opened in between and not closed is text.
    open.length = opener.left > 0 ? index + 1 : index;
  }
}

/** "**" is not closed by "*": a single asterisk beside bold words is more often a footnote's than a mistake. */
function fits(opener: Run, closer: Run): boolean {
  return (opener.left === 1) === (closer.left === 1) || opener.left >= 3 || closer.left >= 3;
}
