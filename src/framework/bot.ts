/** The bot: the outermost group of handlers, what happens when one fails, and what every reply passes. */
import { errorFields } from "../telemetry/logger.ts";
import { Composer } from "./composer.ts";
import type { Context, JobContext, SessionData } from "./context.ts";
import { Dispatcher } from "./dispatch.ts";
import { keyOfPush } from "./keys.ts";
import type { Push } from "../protocol/push.ts";
import { RunContext } from "./run-context.ts";
import type { Run, RunHost, Transformer } from "./run.ts";
import { sessionEntries, type SessionEntries } from "./session.ts";

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
}

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
  #dispatcher: Dispatcher | undefined;
  #interrupts: ReadonlySet<string> | undefined;

  constructor({ session = {} }: BotOptions<S> = {}) {
    super();
    this.#session = session;
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
  jobHandler(name: string): ((ctx: JobContext, payload: never) => unknown) | undefined {
    // A job's session is the bot's: what type it has, only its handler knows.
    return this.findJob(name) as ((ctx: JobContext, payload: never) => unknown) | undefined;
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
  async handle(run: Run): Promise<{ failed: boolean }> {
    const { log, push } = run.turn;
    const ctx = new RunContext(run);
    this.#dispatcher ??= new Dispatcher(this.steps());
    try {
      const { handled } = await this.#dispatcher.run(push, ctx);
      if (!handled && !run.replied) log.warn("push_unhandled", { selector: push.type });
      return { failed: false };
    } catch (error) {
      await this.#failed(error, ctx);
      return { failed: true };
    }
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

function failure(error: unknown): Record<string, unknown> {
  return { ...errorFields(error), stack: error instanceof Error ? error.stack : undefined };
}
