/** What all looks at the Worker's neighbours share. */

/** A healthy neighbour answers in a few milliseconds; a new object on another continent takes a second. */
export const STORAGE_TIMEOUT_MS = 3_000;

/** What a neighbour's failure says of itself. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
