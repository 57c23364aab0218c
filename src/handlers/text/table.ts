/** Tables as lines: a bubble is some 17 Chinese characters wide, and its letters are of different widths. */
import { inlineText } from "./inline.ts";

/** A table is kept as it is, without its rules, when no row is wider than this many half-width characters. */
const NARROW = 32;
const SEPARATOR = " | ";
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const HAN = /\p{Script=Han}/u;

/** Whether the line can follow the header of a table: `| --- | :-: |`. */
export function isDelimiterRow(line: string): boolean {
  return line.includes("|") && /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(line);
}

/** The cells of a row, still markdown. */
export function cellsOf(line: string): string[] {
  const row = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  const cells: string[] = [];
  let cell = "";
  for (const token of row.match(/\\[^]|(`+)(?!`)[^]*?(?<!`)\1(?!`)|[^]/gu) ?? []) {
    if (token === "|") {
      cells.push(cell.trim());
      cell = "";
      // In code too, a table escapes its bars.
    } else cell += token === "\\|" ? "|" : token.startsWith("`") ? token.replaceAll("\\|", "|") : token;
  }
  cells.push(cell.trim());
  return cells;
}

/**
 * The lines of a table: its rows as they are when they are narrow; else a row becomes a list of `header: cell`, which
 * repeats the headers and loses nothing.
 */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const names = header.map(cellText);
  const texts = rows.map((row) => row.map(cellText));
  const narrow = [names, ...texts].map((row) => row.join(SEPARATOR).trimEnd());
  if (narrow.every((line) => width(line) <= NARROW && !line.includes("\n"))) {
    return narrow.filter((line) => line !== "");
  }
  if (texts.length === 0) return [names.filter((name) => name !== "").join(SEPARATOR)];
  return texts.flatMap((row) => namedCells(names, row));
}

function namedCells(names: readonly string[], row: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [column, cell] of row.entries()) {
    if (cell === "") continue;
    const name = names[column] ?? "";
    const colon = HAN.test(name + cell) ? "：" : ": ";
    lines.push((lines.length === 0 ? "• " : "\u3000") + (name === "" ? cell : name + colon + cell));
  }
  return lines;
}

function cellText(cell: string): string {
  return inlineText(cell).trim().replace(/\n+/g, "；");
}

function width(text: string): number {
  let total = 0;
  for (const character of text) total += WIDE.test(character) ? 2 : 1;
  return total;
}
