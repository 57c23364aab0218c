/** Handlers that do not hold the answer: their work is put off. */
import { JobError } from "../errors.ts";
import type { JobContext, Middleware } from "./context.ts";
import { RunContext } from "./run-context.ts";
import type { Deferral, JobOptions, Overlap, Place } from "./work.ts";

/** How a deferred handler is run. */
export interface DeferOptions {
  /**
   * `queue` (default): by the queue's consumer, in seconds, with minutes of time; a failed run is made again.
   * `worker`: at once, in the Worker that holds the push, for 25 s at most; when that Worker dies, the queue takes over.
   */
  readonly via?: Place;
  /** A run ends after this many milliseconds and is not made again. Default and most: 25,000 via worker; 600,000 and 840,000 via queue. */
  readonly timeoutMs?: number;
  /** How often a run that has failed is made again. Default 3. */
  readonly retries?: number;
  /** What happens with a user's messages for this handler that come while it is at work. Default: the bot's. */
  readonly overlap?: Overlap;
}

/** Longest run by place, in milliseconds: the platform ends work 30 s after the answer, and a consumer after 15 min. */
const MAX_TIMEOUT_MS: Readonly<Record<Place, number>> = { worker: 25_000, queue: 840_000 };
const DEFAULT_TIMEOUT_MS: Readonly<Record<Place, number>> = { worker: 25_000, queue: 600_000 };
const DEFAULT_RETRIES = 3;
const MAX_RETRIES = 50;

const DEFERRAL = Symbol("how a deferred handler is run");

/**
 * Wraps a handler so that it does not hold the answer. Its `ctx` is that of any handler: `ctx.reply` takes the best
 * way to the user that is still open, the answer of the push itself included, and `ctx.session` works.
 *
 * A run that is made again gives its replies the same numbers: what was recorded under one is not recorded twice. What
 * the handler does elsewhere may happen twice.
 *
 * @param name leads from the stored job back to this handler: keep it when the code changes
 * @throws {JobError} when the name is empty or an option is out of range
 * @example
 * bot.on("text", defer("ask", async (ctx) => { await ctx.reply(await slow(ctx.message.Content)); }));
 */
export function defer<C extends JobContext<object>>(
  name: string,
  handler: (ctx: C) => unknown,
  options: DeferOptions = {},
): Middleware<C> {
  const { via = "queue", retries = DEFAULT_RETRIES, overlap } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS[via] } = options;
  checkJob(name, { timeoutMs, retries }, MAX_TIMEOUT_MS[via]);
  // The type of context that its selector gives is the one that it is called with again.
  const deferral: Deferral = { name, via, timeoutMs, retries, overlap, handle: (ctx) => handler(ctx as C) };
  const deferred: Middleware<C> = (ctx) => RunContext.runOf(ctx).defer(deferral);
  return Object.assign(deferred, { [DEFERRAL]: deferral });
}

/** How a handler was deferred, if it was. */
export function deferralOf(handler: object): Deferral | undefined {
  return Reflect.get(handler, DEFERRAL) as Deferral | undefined; // the symbol is known here only
}

/** A job's options, whole. @throws {JobError} when the name is empty or one of them is out of range */
export function jobOptions(name: string, options: JobOptions): Required<JobOptions> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS.queue, retries = DEFAULT_RETRIES } = options;
  checkJob(name, { timeoutMs, retries }, MAX_TIMEOUT_MS.queue);
  return { timeoutMs, retries };
}

function checkJob(name: string, { timeoutMs, retries }: Required<JobOptions>, maxTimeoutMs: number): void {
  if (name === "") throw new JobError("job_name_missing", "Deferred work needs a name that is not empty.");
  const wrong = [
    ...(timeoutMs > 0 && timeoutMs <= maxTimeoutMs ? [] : [`timeoutMs from 1 to ${maxTimeoutMs}`]),
    ...(Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES
      ? []
      : [`retries from 0 to ${MAX_RETRIES}`]),
  ];
  if (wrong.length > 0) throw new JobError("job_option_invalid", `"${name}" takes ${wrong.join(" and ")}.`);
}
