/** What commands throw when they were called in a way that makes no sense. */

/** A command line that makes no sense. The message says why, in English and Chinese. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(en: string, zh: string) {
    super(`${en}\n${zh}`);
  }
}
