/** Work that is done outside of the conversation: what a run orders, and what a job's run is given. */
import type { Json } from "../protocol/replies.ts";
import type { JobContext } from "./context.ts";

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

/** A handler that was put off, and how it is run. */
export interface Deferral {
  readonly name: string;
  readonly via: Place;
  /** In milliseconds. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly overlap: Overlap | undefined;
  handle(ctx: JobContext<object>): unknown;
}

/** How a job of `bot.job` is run. */
export interface JobOptions {
  /** A run ends after this many milliseconds and is not made again. Default 600,000, at most 840,000. */
  readonly timeoutMs?: number;
  /** How often a run that has failed is made again. Default 3. */
  readonly retries?: number;
}
