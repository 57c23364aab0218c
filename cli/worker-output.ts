/**
 * What is passed on of wrangler's output: compile errors and the Worker's own log, not the rest. Wrangler's banner,
 * its table of bindings and a line per request say nothing that `npm start` or the Worker's log does not say better.
 */
import { stripVTControlCharacters } from "node:util";

const END_OF_BANNER = "Starting local server";
/** The public address of a tunnel, which comes before the banner's end. */
const ADDRESS = /Sharing via Cloudflare Tunnel|^ +https:\/\/\S+$/;
/** The table of bindings ends with a blank line. It comes again whenever another `wrangler dev` comes or goes. */
const TABLE = /^Your Worker has access to the following bindings/;
const NOISE = [
  /Starting local server/,
  /Shutting down local server/,
  /^\[wrangler:info\] Ready on /,
  /Connection status updated$/,
  // Our own question whether it is up.
  /^\[wrangler:info\] GET \/healthz /,
  // The Worker's own log tells more, except of paths that it does not have and of its own failures.
  /^\[wrangler:info\] [A-Z]+ \S+ (?!404|5\d\d)\d{3} /,
];
/** The Worker's own warnings and errors: one JSON object each, which wrangler decorates. */
const DECORATED = /^[▲✘] \[(?:WARNING|ERROR)\] (\{.*\})$/u;

/** Filters one of wrangler's two streams, line by line. */
export class WorkerOutput {
  readonly #write: (line: string) => void;
  readonly #colours: boolean;
  /** Lines before the banner's end: shown only when wrangler gives up there. */
  #banner: string[] | undefined;
  #rest = "";
  #afterGap = true;
  #inTable = false;

  constructor(
    write: (line: string) => void,
    { hasBanner, colours }: { hasBanner: boolean; colours: boolean },
  ) {
    this.#write = write;
    this.#colours = colours;
    this.#banner = hasBanner ? [] : undefined;
  }

  /** Takes a piece of output, which may end in the middle of a line. */
  take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line.trimEnd());
  }

  /** Shows what was held back; for a wrangler that has ended. */
  end(): void {
    const held = [...(this.#banner ?? []), ...(this.#rest === "" ? [] : [this.#rest])];
    this.#banner = undefined;
    this.#rest = "";
    for (const line of held) this.#line(line);
  }

  #line(line: string): void {
    const plain = stripVTControlCharacters(line);
    if (this.#banner) {
      if (!plain.includes(END_OF_BANNER)) {
        if (ADDRESS.test(plain)) this.#write(line);
        else this.#banner.push(line);
        return;
      }
      this.#banner = undefined;
    }
    if (TABLE.test(plain)) this.#inTable = true;
    else if (plain.trim() === "") this.#inTable = false;
    if (this.#inTable || NOISE.some((pattern) => pattern.test(plain))) return;
    const own = DECORATED.exec(plain)?.[1];
    const isBlank = plain.trim() === "";
    if (isBlank && this.#afterGap) return;
    // Wrangler puts two blank lines behind each decorated line.
    this.#afterGap = isBlank || own !== undefined;
    this.#write(own ?? (this.#colours ? line : plain));
  }
}
