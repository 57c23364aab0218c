/** Blocks whose lines are not markdown: code between fences, and formulas that have lines of their own. */

/** What begins with a line of its own and ends with one. */
export interface Fence {
  /** Blanks before the opening line; as many are taken from each line. */
  readonly indent: number;
  readonly end: RegExp;
  /** Whether it is a formula: the lines that open and close it are kept, and a blank line ends it too. */
  readonly formula: boolean;
}

const CODE = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})/;
const FORMULA = /^([ \t]*)(?:(\$\$)(?!.*\$\$)|\\\[(?!.*\\\]))/;

/** The block that `line` opens. */
export function fenceAt(line: string): Fence | undefined {
  const code = CODE.exec(line);
  if (code) {
    const [, indent = "", fence = ""] = code;
    const end = new RegExp(`^[ \\t]*${fence[0] ?? ""}{${fence.length},}\\s*$`);
    return { indent: indent.length, end, formula: false };
  }
  const formula = FORMULA.exec(line);
  if (!formula) return undefined;
  const end = formula[2] === undefined ? /\\\]\s*[.,。，]?\s*$/ : /\$\$\s*[.,。，]?\s*$/;
  return { indent: 0, end, formula: true };
}

/** A line of the block without the indentation of the block. */
export function unindented(fence: Fence, line: string): string {
  const own = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(own, fence.indent));
}
