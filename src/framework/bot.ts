/** The bot: the outermost group of handlers, what happens when one fails, and what every reply passes. */
import { JobError } from "../errors.ts";
import { errorFields } from "../telemetry/logger.ts";
import { Composer } from "./composer.ts";
import type { Context, SessionData } from "./context.ts";
import { Dispatcher, matchOf } from "./dispatch.ts";
import { keyOfPush } from "./keys.ts";
import type { Push } from "../protocol/push.ts";
import { RunContext } from "./run-context.ts";
import type { Run, RunHost, Transformer } from "./run.ts";
import { sessionEntries, type SessionEntries } from "./session.ts";
import type { JobOptions, Overlap, Work, WorkOutcome } from "./work.ts";

/** How a user's session begins and ends. */
export interface SessionOptions<S extends object> {
  /** What `ctx.session` is for a user who has none. Default: an empty object. */
  readonly initial?: () => S;
  /** After so many seconds without a push the session begins anew. Default 86,400. */
  readonly idleSeconds?: number;
}

/** Options of a bot. */
export interface BotOptions<S extends object> {
  readonly session?: SessionOptions<S>;
  /** What becomes of a user's message that comes while one is being worked on. Default `queue`. Events wait their turn. */
  readonly overlap?: Overlap;
  /** With `burst`: a message waits this long for others, in milliseconds. Default 800. */
  readonly burstMs?: number;
}

const BURST_MS = 800;

const SESSION_IDLE_SECONDS = 86_400;

/** Takes what a handler threw. */
type ErrorHandler = (error: unknown, ctx: Context) => unknown;

/**
 * A bot: handlers for the pushes of one or more accounts.
 *
 * @example
 * const bot = new Bot();
 * bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));
 * export default bot;
 */
export class Bot<S extends object = SessionData> extends Composer<S> implements RunHost {
  readonly #session: SessionOptions<S>;
  readonly #transformers: Transformer<Context>[] = [];
  readonly #errorHandlers: ErrorHandler[] = [];
  /** @internal */
  readonly overlap: Overlap;
  /** @internal */
  readonly burstMs: number;
  #dispatcher: Dispatcher | undefined;
  #interrupts: ReadonlySet<string> | undefined;

  constructor({ session = {}, overlap = "queue", burstMs = BURST_MS }: BotOptions<S> = {}) {
    super();
    this.#session = session;
    this.overlap = overlap;
    this.burstMs = burstMs;
  }

  /**
   * Sees every reply before it leaves, in order of registration. `next(reply)` hands it on, changed or not: without
   * it the reply is dropped, with two it is split. An account's own fixed texts do not pass here.
   */
  outgoing(transformer: Transformer<Context>): this {
    this.#transformers.push(transformer);
    return this;
  }

  /** Is called when a handler throws; it may still reply. The failure is logged all the same. */
  catch(handler: ErrorHandler): this {
    this.#errorHandlers.push(handler);
    return this;
  }

  /** @internal */
  get transformers(): readonly Transformer<Context>[] {
    return this.#transformers;
  }

  /** @internal */
  jobOptions(name: string): Required<JobOptions> | undefined {
    return this.findJob(name)?.options;
  }

  /** @internal */
  initialSession(): SessionEntries {
    return sessionEntries(this.#session.initial?.() ?? {});
  }

  /** @internal */
  get sessionIdleMs(): number {
    return (this.#session.idleSeconds ?? SESSION_IDLE_SECONDS) * 1000;
  }

  /** @internal Whether a push says one of the words of `interrupt`: it waits for no other run. */
  interrupts(push: Push): boolean {
    this.#interrupts ??= new Set(
      this.steps().flatMap((step) => (step.interrupts ? [...(step.pattern?.exact ?? [])] : [])),
    );
    if (this.#interrupts.size === 0) return false;
    const key = keyOfPush(push);
    return key?.kind === "words" && this.#interrupts.has(key.text.trim());
  }

  /** @internal Runs a push through the handlers. Never throws: what a handler throws ends in the log. */
  async handle(run: Run): Promise<WorkOutcome> {
    const { log, push } = run.turn;
    const ctx = new RunContext(run);
    this.#dispatcher ??= new Dispatcher(this.steps());
    try {
      const { handled } = await this.#dispatcher.run(push, ctx);
      if (!handled && !run.replied) log.warn("push_unhandled", { selector: push.type });
      return { kind: "done" };
    } catch (error) {
      await this.#failed(error, ctx);
      return failed(error);
    }
  }

  /**
   * @internal Does work that was put off. Never throws: what a handler throws ends in the log.
   *
   * @param isLastTry whether nothing follows a failure: only then the handlers of `catch` are called
   */
  async perform(run: Run, work: Work, isLastTry: boolean): Promise<WorkOutcome> {
    if (work.kind === "push") return this.handle(run);
    const ctx = new RunContext(run);
    try {
      await this.#work(ctx, run, work);
      return { kind: "done" };
    } catch (error) {
      if (isLastTry) await this.#failed(error, ctx);
      else ctx.log.warn("job_attempt_failed", { name: work.name, ...errorFields(error) });
      return failed(error);
    }
  }

  async #work(ctx: RunContext, run: Run, work: Exclude<Work, { kind: "push" }>): Promise<void> {
    if (work.kind === "job") {
      const job = this.findJob(work.name);
      if (!job)
        throw new JobError("job_unknown", `There is no job "${work.name}" in this version of the bot.`);
      await job.handle(ctx, work.payload);
      return;
    }
    const { push } = run.turn;
    const found = this.findDeferred(work.name);
    if (!found) {
      throw new JobError(
        "job_unknown",
        `There is no deferred handler "${work.name}" in this version of the bot.`,
      );
    }
    const key = keyOfPush(push);
    ctx.match = matchOf(found.step, push, key)?.match;
    ctx.scene = found.step.pattern?.kind === "scene" ? key?.text : undefined;
    await found.deferral.handle(ctx);
  }

  async #failed(error: unknown, ctx: RunContext): Promise<void> {
    ctx.log.error("handler_failed", failure(error));
    for (const handler of this.#errorHandlers) {
      try {
        await handler(error, ctx);
      } catch (second) {
        ctx.log.error("error_handler_failed", failure(second));
      }
    }
  }

  protected override changed(): void {
    this.#dispatcher = undefined;
    this.#interrupts = undefined;
    super.changed();
  }
}

function failed(error: unknown): WorkOutcome {
  const code = error instanceof Error && "code" in error ? String(error.code) : "handler_failed";
  return { kind: "failed", code, error: error instanceof Error ? error.message : String(error) };
}

function failure(error: unknown): Record<string, unknown> {
  return { ...errorFields(error), stack: error instanceof Error ? error.stack : undefined };
}
