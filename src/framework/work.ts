/** Work that is done outside of the conversation: what a run orders, and what a job's run is given. */
import type { Json } from "../protocol/replies.ts";

/** Where it is done: by the queue's consumer, or in the Worker that holds the push. */
export type Place = "queue" | "worker";

/**
 * What becomes of a user's message that comes while one is being worked on. `queue`: it waits its turn. `burst`: it
 * waits, and one run then answers the last of those that wait and sees the others as `ctx.skipped`. `latest`: it ends
 * that work and takes its place.
 */
export type Overlap = "queue" | "burst" | "latest";

/** What is to be done. `push`: everything that the handlers do with the push. */
export type Work =
  | { readonly kind: "push" }
  | { readonly kind: "deferred"; readonly name: string }
  | { readonly kind: "job"; readonly name: string; readonly payload: Json };

/** Work that a run puts off. Plain JSON. */
export interface WorkOrder {
  readonly work: Work;
  readonly via: Place;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly overlap: Overlap;
  readonly delayMs: number;
}

/** How doing it ended. */
export type WorkOutcome =
  | { readonly kind: "done" }
  /** `error`: its message. `code`: snake_case. */
  | { readonly kind: "failed"; readonly code: string; readonly error: string };
