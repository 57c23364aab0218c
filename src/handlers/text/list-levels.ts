/** How deep the items of lists are nested. */

const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)/;
const TASK = /^\[([ xX])\][ \t]+(?=\S)/;
const BULLETS = ["•", "◦", "▪"];
/** A Chinese character wide: two blanks are hardly seen between proportional letters. */
const INDENT = "\u3000";
const TAB_COLUMNS = 4;
/** By CommonMark an item is nested that stands under the text of the other; models indent "1. " by two. */
const LEAST_NESTING = 2;

/** An item's beginning. */
export interface Item {
  /** What stands before its text. */
  readonly prefix: string;
  /** Its text in the line. */
  readonly text: string;
}

/** The open items, the outermost first. */
export class ListLevels {
  /** The columns in which their markers stand. */
  #markers: number[] = [];

  /** The item that `line` begins. */
  item(line: string): Item | undefined {
    const match = ITEM.exec(line);
    if (!match) return undefined;
    const [{ length }, indent = "", marker = ""] = match;
    const column = columns(indent);
    if (this.#markers.length === 0 && column >= TAB_COLUMNS) return undefined;
    this.#leave(column);
    const level = this.#markers.length;
    this.#markers.push(column);
    const text = line.slice(length);
    const task = TASK.exec(text);
    const bullet = /\d/.test(marker)
      ? marker
      : task
        ? ""
        : (BULLETS[Math.min(level, BULLETS.length - 1)] ?? "");
    const box = task ? (task[1] === " " ? "☐" : "☑") : "";
    const prefix = `${INDENT.repeat(level)}${[bullet, box].filter((part) => part !== "").join(" ")} `;
    return { prefix, text: task ? text.slice(task[0].length) : text };
  }

  /** Behind a blank line: the items are over that `line` does not stand under the text of. */
  leave(line: string): void {
    this.#leave(columns(/^[ \t]*/.exec(line)?.[0] ?? ""));
  }

  /** Whether a list is open. */
  get open(): boolean {
    return this.#markers.length > 0;
  }

  /** A line of an item behind its first one. */
  aligned(line: string): string {
    return this.open ? line.replace(/^[ \t]+/, INDENT.repeat(this.#markers.length)) : line;
  }

  /** No list goes on. */
  clear(): void {
    this.#markers = [];
  }

  #leave(column: number): void {
    const stays = this.#markers.findIndex((marker) => column < marker + LEAST_NESTING);
    if (stays >= 0) this.#markers.length = stays;
  }
}

function columns(indent: string): number {
  let column = 0;
  for (const blank of indent) column += blank === "\t" ? TAB_COLUMNS : 1;
  return column;
}
