/** What commands throw when the Worker, and not WeChat, refuses what they ask for. */

/** A refusal of the Worker's, or of one of its objects. The message says why, in English and Chinese. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** The Worker's own, in snake_case. */
  readonly code: string;

  constructor(code: string, en: string, zh: string) {
    super(`${en}\n${zh}`);
    this.code = code;
  }
}
