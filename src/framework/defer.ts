/** Handlers that run after the answer. */
import { JobError } from "../errors.ts";
import type { JobContext, Middleware } from "./context.ts";
import { AFTER_ANSWER_MS } from "./run.ts";
import { RunContext } from "./run-context.ts";

/** How a deferred handler is run. */
export interface DeferOptions {
  /** Where it runs. Both ways run it in this isolate until a queue is connected. */
  readonly via?: "queue" | "worker";
  /** `ctx.signal` aborts after this many milliseconds: 25,000 by default and at most, for the platform ends work at 30,000. */
  readonly timeoutMs?: number;
}

const NAME = Symbol("name of a deferred handler");

/**
 * Wraps a handler so that it does not hold the answer: the push is acknowledged at once, and the handler runs after
 * that in the same isolate (`waitUntil`), for 25 s at most and without a second try.
 *
 * @throws {JobError} when the name is empty
 * @example
 * bot.on("text", defer("count", async (ctx) => { await ctx.env.KV.put(…); }));
 */
export function defer<C extends JobContext<object>>(
  name: string,
  handler: (ctx: C) => unknown,
  { timeoutMs = AFTER_ANSWER_MS }: DeferOptions = {},
): Middleware<C> {
  if (name === "")
    throw new JobError("job_name_missing", "A deferred handler needs a name that is not empty.");
  const deferred: Middleware<C> = (ctx) => {
    RunContext.runOf(ctx).after(name, () => handler(ctx), Math.min(timeoutMs, AFTER_ANSWER_MS));
  };
  return Object.assign(deferred, { [NAME]: name });
}

/** The name that a handler was deferred under, if it was. */
export function deferredName(handler: object): string | undefined {
  const name: unknown = Reflect.get(handler, NAME);
  return typeof name === "string" ? name : undefined;
}
