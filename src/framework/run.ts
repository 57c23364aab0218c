/** One push on its way through the handlers: what was replied, and what is still to be done after the answer. */
import { JobError, ReplyError } from "../errors.ts";
import { moreText } from "../accounts/account.ts";
import { pageLinkBytes } from "../accounts/page-link.ts";
import { type Json, MAX_TEXT_BYTES, type Reply } from "../protocol/replies.ts";
import { lostBefore, splitText } from "../protocol/split-text.ts";
import { utf8Length } from "../protocol/utf8.ts";
import type { Context, Replyable } from "./context.ts";
import type { EnqueueOptions, ReplyReceipt, RunSurroundings, Turn } from "./ports.ts";
import { text } from "./replies.ts";
import { sendStream } from "./stream-reply.ts";
import type { Deferral, JobOptions, Overlap } from "./work.ts";

const MAX_DELAY_SECONDS = 2_592_000;
/** A job lies in the conversation's storage, where a row holds 2 MB. */
const MAX_PAYLOAD_BYTES = 262_144;

/** Sees a reply before it leaves: hands it on, changed or not, by `next`; not at all to drop it; twice to split it. */
export type Transformer<C> = (reply: Reply, ctx: C, next: (reply: Reply) => Promise<void>) => unknown;

/** What a run needs of the bot. */
export interface RunHost {
  readonly transformers: readonly Transformer<Context>[];
  readonly overlap: Overlap;
  readonly burstMs: number;
  /** How a job is run; `undefined` when there is none of that name. */
  jobOptions(name: string): Required<JobOptions> | undefined;
}

/** A text whose parts are recorded one after the other. */
interface RunningText {
  /** The number of its first part, once there is one. */
  of?: number;
  /** The white space before the next one. */
  gap: string;
}

/** What separates replies that were one text before a transformer made several of it. */
const BETWEEN = "\n\n";

/** The state of one run. */
export class Run {
  readonly turn: Turn;
  readonly surroundings: RunSurroundings;
  readonly #host: RunHost;
  #controller: AbortController | undefined;
  #aborted: DOMException | undefined;
  #count = 0;
  #recorded = 0;
  #ordered = 0;

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
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  abort(reason: string): void {
    this.#aborted ??= new DOMException(reason, "AbortError");
    this.#controller?.abort(this.#aborted);
  }

  /** Sends a reply past all transformers and then to the user. */
  async reply(x: Replyable, ctx: Context): Promise<ReplyReceipt> {
    const given = typeof x === "string" ? text(x) : replyable(x);
    const id = `${this.turn.requestId}.${++this.#count}`;
    if ("MsgType" in given) return { id, parts: await this.#send(given, ctx) };
    const { clock, answerBy } = this.turn;
    const running: RunningText = { gap: "" };
    const send = (Content: string, more: boolean, gap: string): Promise<number> => {
      running.gap = gap;
      return this.#send({ MsgType: "text", Content }, ctx, more, running);
    };
    const options = {
      clock,
      answerBy: this.replied ? undefined : answerBy,
      partBytes: this.#partBytes,
      send,
    };
    return { id, parts: await sendStream(given, options) };
  }

  async #send(reply: Reply, ctx: Context, more = false, running?: RunningText): Promise<number> {
    this.#check(reply);
    if (this.#host.transformers.length === 0) return this.#record(reply, more, running);
    let parts = 0;
    const pass = async (index: number, current: Reply): Promise<void> => {
      const transformer = this.#host.transformers[index];
      if (transformer) await transformer(current, ctx, (next) => pass(index + 1, next));
      else parts += await this.#record(current, more, running);
    };
    await pass(0, reply);
    return parts;
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

  /** Where the user's next message or a page brings the rest, each part has room to say so. */
  get #partBytes(): number {
    const { account } = this.turn;
    const moreBytes = account.lateReplies.includes("mailbox") ? utf8Length(moreText(account)) : 0;
    return MAX_TEXT_BYTES - moreBytes - pageLinkBytes(account);
  }

  async #record(reply: Reply, more: boolean, running: RunningText = { gap: "" }): Promise<number> {
    if (reply.MsgType !== "text") return this.surroundings.record(reply, ++this.#recorded, more);
    let rest = reply.Content;
    let parts = 0;
    const contents = splitText(reply.Content, MAX_TEXT_BYTES, this.#partBytes);
    for (const [index, Content] of contents.entries()) {
      const n = ++this.#recorded;
      const gap = lostBefore(rest, Content);
      rest = rest.slice(gap.length + Content.length);
      const part = running.of === undefined ? undefined : { of: running.of, gap: running.gap + gap };
      running.of ??= n;
      running.gap = "";
      const hasMore = more || index < contents.length - 1;
      parts += await this.surroundings.record({ MsgType: "text", Content }, n, hasMore, part);
    }
    running.gap = BETWEEN;
    return parts;
  }

  /** Puts a handler off. */
  async defer({ name, via, timeoutMs, retries, overlap: own }: Deferral): Promise<void> {
    const work = { kind: "deferred", name } as const;
    // The bot's own way has been gone with the message. What runs on the queue, though, no later message has waited for.
    const overlap = own ?? (via === "queue" ? this.#host.overlap : "queue");
    const delayMs = own === "burst" ? this.#host.burstMs : 0;
    await this.surroundings.order({ work, via, timeoutMs, retries, overlap, delayMs }, ++this.#ordered);
  }

  /**
   * Puts a job on record.
   *
   * @throws {JobError} when the job cannot be taken
   */
  async enqueue(name: string, payload: Json, { delaySeconds = 0 }: EnqueueOptions = {}): Promise<void> {
    const options = this.#host.jobOptions(name);
    if (!options) throw new JobError("job_unknown", `There is no job "${name}".`);
    if (!(delaySeconds >= 0 && delaySeconds <= MAX_DELAY_SECONDS)) {
      throw new JobError(
        "job_delay_too_long",
        `A delay of ${delaySeconds} s is not between 0 and ${MAX_DELAY_SECONDS} s.`,
      );
    }
    const work = { kind: "job", name, payload: jsonCopy(name, payload) } as const;
    const delayMs = delaySeconds * 1000;
    await this.surroundings.order(
      { work, via: "queue", ...options, overlap: "queue", delayMs },
      ++this.#ordered,
    );
  }
}

function jsonCopy(name: string, payload: unknown): Json {
  const message = `The payload of "${name}" is not JSON.`;
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (cause) {
    throw new JobError("job_payload_not_json", message, { cause });
  }
  if (json === undefined) throw new JobError("job_payload_not_json", message);
  const bytes = utf8Length(json);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new JobError(
      "job_payload_too_large",
      `The payload of "${name}" has ${bytes} bytes, and ${MAX_PAYLOAD_BYTES} is the most: keep it elsewhere and pass its key.`,
    );
  }
  return JSON.parse(json);
}

function replyable(x: Reply | AsyncIterable<string>): Reply | AsyncIterable<string> {
  if (typeof x !== "object" || x === null) throw new ReplyError("reply_not_text", `${typeof x} is no reply.`);
  if ("MsgType" in x || Symbol.asyncIterator in x) return x;
  throw new ReplyError("reply_not_text", "An object without MsgType is no reply.");
}
