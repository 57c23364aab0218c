/** One push on its way through the handlers: what was replied, and what is still to be done after the answer. */
import { JobError, ReplyError } from "../errors.ts";
import type { Json, Reply } from "../protocol/replies.ts";
import { splitText } from "../protocol/split-text.ts";
import { errorFields } from "../telemetry/logger.ts";
import type { Context, JobContext, Replyable } from "./context.ts";
import type { EnqueueOptions, ReplyReceipt, RunSurroundings, Turn } from "./ports.ts";
import { text } from "./replies.ts";

/** Work after an answer is cut off by the platform after 30 s; ours ends a little before. */
export const AFTER_ANSWER_MS = 25_000;
const MAX_DELAY_SECONDS = 20;

/** Sees a reply before it leaves: hands it on, changed or not, by `next`; not at all to drop it; twice to split it. */
export type Transformer<C> = (reply: Reply, ctx: C, next: (reply: Reply) => Promise<void>) => unknown;

/** What a run needs of the bot. */
export interface RunHost {
  readonly transformers: readonly Transformer<Context>[];
  jobHandler(name: string): ((ctx: JobContext, payload: never) => unknown) | undefined;
}

/** The state of one run. */
export class Run {
  readonly turn: Turn;
  readonly surroundings: RunSurroundings;
  readonly #host: RunHost;
  readonly #later: (() => Promise<void>)[] = [];
  #afterEach: () => void = () => {};
  #controller: AbortController | undefined;
  #answered = false;
  #count = 0;
  #recorded = 0;

  constructor(turn: Turn, host: RunHost, surroundings: RunSurroundings) {
    this.turn = turn;
    this.#host = host;
    this.surroundings = surroundings;
  }

  /** Whether a reply was recorded. */
  get replied(): boolean {
    return this.#recorded > 0;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: string): void {
    this.#controller?.abort(new DOMException(reason, "AbortError"));
  }

  /** Sends a reply past all transformers and then to the user. */
  async reply(x: Replyable, ctx: Context): Promise<ReplyReceipt> {
    const reply = typeof x === "string" ? text(x) : await replyOf(x);
    this.#check(reply);
    const id = `${this.turn.requestId}.${++this.#count}`;
    if (this.#host.transformers.length === 0) return { id, parts: await this.#record(reply) };
    let parts = 0;
    const pass = async (index: number, current: Reply): Promise<void> => {
      const transformer = this.#host.transformers[index];
      if (transformer) await transformer(current, ctx, (next) => pass(index + 1, next));
      else parts += await this.#record(current);
    };
    await pass(0, reply);
    return { id, parts };
  }

  #check(reply: Reply): void {
    const { account, push } = this.turn;
    if (!account.dialect.replies.has(reply.MsgType)) {
      throw new ReplyError("reply_not_allowed", `${account.product} accepts no ${reply.MsgType} reply.`);
    }
    if (reply.MsgType === "news" && reply.Articles.length > 1 && push.message.MsgType !== "event") {
      throw new ReplyError("reply_too_many_articles", "A user who sent a message is shown one article only.");
    }
  }

  async #record(reply: Reply): Promise<number> {
    if (reply.MsgType !== "text") return this.surroundings.record(reply, ++this.#recorded);
    let parts = 0;
    for (const Content of splitText(reply.Content)) {
      parts += await this.surroundings.record({ MsgType: "text", Content }, ++this.#recorded);
    }
    return parts;
  }

  /** Has `work` done after the answer, for `timeoutMs` at most. */
  after(name: string, work: () => unknown, timeoutMs: number, delayMs = 0): void {
    const task = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const timer = setTimeout(() => {
        this.turn.log.warn("deferred_timed_out", { name, timeout_ms: timeoutMs });
        this.abort(`"${name}" has used up its ${timeoutMs} ms`);
      }, timeoutMs);
      try {
        await work();
      } catch (error) {
        this.turn.log.error("deferred_failed", { name, ...errorFields(error) });
      } finally {
        clearTimeout(timer);
        this.#afterEach();
      }
    };
    if (this.#answered) this.turn.waitUntil(task());
    else this.#later.push(task);
  }

  /**
   * Has a job run after the answer, with `ctx`.
   *
   * @throws {JobError} when the job cannot be taken
   */
  enqueue(ctx: JobContext, name: string, payload: Json, { delaySeconds = 0 }: EnqueueOptions = {}): void {
    const handler = this.#host.jobHandler(name);
    if (!handler) throw new JobError("job_unknown", `There is no job "${name}".`);
    if (!(delaySeconds >= 0 && delaySeconds <= MAX_DELAY_SECONDS)) {
      throw new JobError(
        "job_delay_too_long",
        `A delay of ${delaySeconds} s is not between 0 and ${MAX_DELAY_SECONDS} s.`,
      );
    }
    const copy = jsonCopy(name, payload);
    const delayMs = delaySeconds * 1000;
    this.after(name, () => handler(ctx, copy), AFTER_ANSWER_MS - delayMs, delayMs);
  }

  /**
   * Starts what was put off until after the answer.
   *
   * @param afterEach called when one of them has ended
   */
  answered(afterEach: () => void = () => {}): void {
    this.#answered = true;
    this.#afterEach = afterEach;
    for (const task of this.#later.splice(0)) this.turn.waitUntil(task());
  }
}

function jsonCopy(name: string, payload: unknown): never {
  const message = `The payload of "${name}" is not JSON.`;
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (cause) {
    throw new JobError("job_payload_not_json", message, { cause });
  }
  if (json === undefined) throw new JobError("job_payload_not_json", message);
  return JSON.parse(json) as never; // a job's payload is typed by its handler: only the caller knows
}

async function replyOf(x: Reply | AsyncIterable<string>): Promise<Reply> {
  if (typeof x !== "object" || x === null) throw new ReplyError("reply_not_text", `${typeof x} is no reply.`);
  if ("MsgType" in x) return x;
  if (!(Symbol.asyncIterator in x))
    throw new ReplyError("reply_not_text", "An object without MsgType is no reply.");
  let whole = "";
  for await (const part of x) whole += part;
  return text(whole);
}
