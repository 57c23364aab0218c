/** What cannot be done, told to the person who asked for it. */

/** Something that cannot be done: why, for a person, and the HTTP status that says whose fault it is. */
export class Impossible extends Error {
  override readonly name = "Impossible";
  readonly status: 400 | 409;

  constructor(en: string, zh: string, status: 400 | 409 = 400) {
    super(`${en} · ${zh}`);
    this.status = status;
  }
}
