// What the person at the keyboard can act on.

/** A run that cannot go on, with the reason and the way out in its message: shown without a stack. */
export class Unable extends Error {
  override readonly name = "Unable";
}
