/** Markdown line by line: what each line is, and what it becomes. */
import { type Fence, fenceAt, unindented } from "./fence.ts";
import { inlineText, type PictureText } from "./inline.ts";
import { ListLevels } from "./list-levels.ts";
import { cellsOf, isDelimiterRow, tableLines } from "./table.ts";

const BLANK = /^\s*$/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const UNDERLINE = /^ {0,3}(=+|-{3,})[ \t]*$/;
const QUOTE = /^ {0,3}> ?/;
const INDENTED = /^(?: {4}| {0,3}\t)/;
/** What a footnote says. */
const FOOTNOTE = /^ {0,3}\[\^([^\]\s]+)\]:[ \t]+(?=\S)/;

const RULE_TEXT = "──────────";
const QUOTE_MARK = "▎";
/** Quotes within quotes are read no deeper: an answer of nothing but ">" is not to exhaust the stack. */
const MAX_QUOTES = 16;
/** A longer line is no heading when dashes follow it: models write rules so, too. */
const LONGEST_UNDERLINED = 40;

/** Is given a line of text; one that `continues` goes on with the line before. */
export type LineSink = (line: string, continues: boolean) => void;

/** Takes the lines of markdown and gives lines of text: those of a block when it is over. */
export class Blocks {
  readonly #sink: LineSink;
  readonly #picture: PictureText | undefined;
  readonly #depth: number;
  readonly #levels = new ListLevels();
  /** The paragraph that is not over. */
  #paragraph: string | undefined;
  /** What stands before it: the bullet of a list. */
  #prefix = "";
  /** Whether its beginning was given. */
  #released = false;
  #table: { readonly header: string[]; readonly rows: string[][] } | undefined;
  #fence: Fence | undefined;
  #quote: Blocks | undefined;
  #afterBlank = true;
  /** Whether the last block left nothing, so that the blank line behind it is one too many. */
  #vanished = false;

  /** @param picture says what stands for a picture, but in headings and tables */
  constructor(sink: LineSink, picture?: PictureText, depth = 0) {
    this.#sink = sink;
    this.#picture = picture;
    this.#depth = depth;
  }

  /** Whether a line that begins with a letter is one of a paragraph, whatever else it holds. */
  get takesText(): boolean {
    return !this.#fence && !this.#table;
  }

  /** The paragraph that is not over; `undefined` when there is none, or one of a list or a quotation. */
  get openParagraph(): string | undefined {
    return this.#quote || this.#prefix !== "" ? undefined : this.#paragraph;
  }

  /** Gives the first `length` units of the open paragraph before it is over. */
  release(length: number): void {
    const text = this.#paragraph ?? "";
    this.#emitParagraph(text.slice(0, length));
    this.#paragraph = text.slice(length);
    this.#released = true;
  }

  /** The line before, one of a paragraph, goes on. */
  extend(text: string): void {
    this.#paragraph += text;
  }

  line(line: string): void {
    if (this.#fence) return this.#fenced(this.#fence, line);
    if (this.#depth < MAX_QUOTES && QUOTE.test(line)) return this.#quoted(line.replace(QUOTE, ""));
    this.#endQuote();
    if (this.#table && line.includes("|")) this.#table.rows.push(cellsOf(line));
    else if (BLANK.test(line)) this.#blank(line);
    else this.#text(line);
  }

  /** No line follows. */
  end(): void {
    this.#endQuote();
    this.#endBlock();
  }

  #blank(line: string): void {
    this.#endBlock();
    this.#afterBlank = true;
    if (this.#vanished) this.#vanished = false;
    else this.#emit(line);
  }

  #text(line: string): void {
    const afterBlank = this.#afterBlank;
    this.#afterBlank = false;
    if (this.#paragraph !== undefined && this.#belowParagraph(line, this.#paragraph)) return;
    const fence = fenceAt(line);
    if (fence) return this.#beginFence(fence, line);
    if (RULE.test(line)) return this.#alone(RULE_TEXT);
    const heading = HEADING.exec(line);
    if (heading) return this.#alone(headingText(heading[1] ?? ""));
    const item = this.#levels.item(line);
    if (item) {
      this.#endBlock();
      this.#prefix = item.prefix;
      return this.#text(item.text);
    }
    const open = this.#paragraph !== undefined;
    if (!open) this.#endTable();
    if (afterBlank) this.#levels.leave(line);
    if (!open && INDENTED.test(line) && !this.#levels.open) return this.#emit(line);
    const text = this.#levels.aligned(line).replace(FOOTNOTE, "[$1] ");
    this.#paragraph = open ? `${this.#paragraph}\n${text}` : text;
  }

  /** Whether the line makes something else of the paragraph above it: a heading, or the header of a table. */
  #belowParagraph(line: string, above: string): boolean {
    const underline = UNDERLINE.exec(line)?.[1];
    if (underline !== undefined && !this.#released && this.#prefix === "" && isTitle(above, underline)) {
      this.#paragraph = undefined;
      this.#alone(headingText(above.trim()));
      return true;
    }
    if (!isDelimiterRow(line)) return false;
    const header = above.slice(above.lastIndexOf("\n") + 1);
    const cells = cellsOf(header);
    if (cells.length !== cellsOf(line).length) return false;
    this.#paragraph = above.slice(0, Math.max(above.length - header.length - 1, 0));
    if (this.#paragraph === "" && !this.#released) this.#paragraph = undefined;
    this.#endBlock();
    this.#table = { header: cells, rows: [] };
    return true;
  }

  /** A block that is one line; in an item of a list, the item's text. */
  #alone(line: string): void {
    const prefix = this.#paragraph === undefined ? this.#prefix : "";
    this.#endBlock();
    if (prefix === "") this.#levels.clear();
    this.#emit(prefix + line);
  }

  #beginFence(fence: Fence, line: string): void {
    this.#endBlock();
    this.#fence = fence;
    if (fence.formula) this.#emit(line);
  }

  #fenced(fence: Fence, line: string): void {
    const blank = fence.formula && BLANK.test(line);
    const over = blank || fence.end.test(line);
    if (over) this.#fence = undefined;
    if (blank) this.#blank(line);
    else if (!over || fence.formula) this.#emit(unindented(fence, line));
  }

  #quoted(line: string): void {
    if (!this.#quote) {
      this.#endBlock();
      this.#levels.clear();
      this.#quote = new Blocks((text) => this.#emit(QUOTE_MARK + text), this.#picture, this.#depth + 1);
    }
    this.#afterBlank = false;
    this.#quote.line(line);
  }

  #endQuote(): void {
    this.#quote?.end();
    this.#quote = undefined;
  }

  /** Ends a paragraph or a table. */
  #endBlock(): void {
    this.#endTable();
    if (this.#paragraph !== undefined) this.#emitParagraph(this.#paragraph);
    this.#paragraph = undefined;
    this.#prefix = "";
    this.#released = false;
  }

  #endTable(): void {
    const table = this.#table;
    this.#table = undefined;
    if (table) for (const line of tableLines(table.header, table.rows)) this.#emit(line);
  }

  #emitParagraph(markdown: string): void {
    // Two blanks at the end of a line are a hard break, and every break is one here.
    const text = inlineText(markdown.replace(/ {2,}(?=\n)/g, ""), this.#picture);
    const [first = "", ...others] = text.split("\n");
    // A tag that was dropped leaves no empty line.
    const rest = others.filter((line) => !BLANK.test(line));
    if (this.#released) this.#sink(first, true);
    else if (this.#prefix !== "") this.#emit(this.#prefix + first);
    else if (!BLANK.test(first)) this.#emit(first);
    else this.#vanished = rest.length === 0;
    for (const line of rest) this.#emit(line);
  }

  #emit(line: string): void {
    this.#vanished = false;
    this.#sink(line, false);
  }
}

function headingText(markdown: string): string {
  const title = inlineText(markdown.replace(/(?:^|[ \t]+)#+[ \t]*$/, "")).trim();
  return title === "" || /^【.*】$/.test(title) ? title : `【${title}】`;
}

function isTitle(line: string, underline: string): boolean {
  if (line.includes("\n")) return false;
  return (
    underline.startsWith("=") || (line.length <= LONGEST_UNDERLINED && !/[。！？.!?:：；;，,]\s*$/.test(line))
  );
}
