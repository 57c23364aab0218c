/** Says what is being waited for: on a terminal only, and not before it takes long. */

/** A stream that a person may be reading. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PATIENCE_MS = 500;
const ERASE_LINE = "\r\u001B[2K";

/** One line at the bottom of the terminal, erased when there is nothing to wait for any more. */
export class Progress {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows `text` while `work` takes longer than half a second. */
  async during<T>(text: string, work: Promise<T>): Promise<T> {
    if (this.#screen.isTTY !== true) return work;
    let isShown = false;
    const timer = setTimeout(() => {
      isShown = true;
      this.#screen.write(`${ERASE_LINE}… ${text}`);
    }, PATIENCE_MS);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      if (isShown) this.#screen.write(ERASE_LINE);
    }
  }
}
