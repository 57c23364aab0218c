/** Moderation of what a bot says and of what it is told. */
import type { Context, Middleware } from "../../framework/context.ts";
import { text } from "../../framework/replies.ts";
import type { Transformer } from "../../framework/run.ts";
import type { AnyPush } from "../../protocol/pushes/wire.ts";
import type { Reply } from "../../protocol/replies.ts";
import { ALLOWED, type Before, type ModerationOptions, Moderator, NOTHING_BEFORE } from "./moderator.ts";
import { wordsOfMessage, wordsOfReply } from "./shown.ts";

const UNSAID = "抱歉，这部分内容暂时无法显示，请换个话题。";
const UNHEARD = "抱歉，这个话题我无法回答，请换个问题。";

type Pass = (reply: Reply) => Promise<void>;

/**
 * Judges every reply before it leaves, on whatever way: register it after all other transformers, so that it sees what
 * they make. What is not allowed is replaced once in a run; what the run says after that is the rest of it, and dropped.
 * Each is logged as `reply_blocked`, with the reason and never with the text.
 *
 * A text that arrives in pieces is judged part by part, each together with the end of the one before. Pictures and
 * recordings pass. What a handler sends by `ctx.api` itself is no reply, and passes nothing.
 *
 * @throws {TypeError} when an option is out of range
 * @example
 * bot.outgoing(moderateReplies({ words: ["赌博", "代开发票"] }));
 * @example
 * bot.outgoing(moderateReplies({
 *   words: { shared: "blocked-words" },
 *   provider: (env) => new HttpModeration({ url: env.MODERATION_URL, token: env.MODERATION_TOKEN }),
 * }));
 */
export function moderateReplies(options: ModerationOptions = {}): Transformer<Context> {
  const moderator = new Moderator("outgoing", options);
  const runs = new WeakMap<Context, ModeratedRun>();
  return (reply, ctx, next) => {
    let run = runs.get(ctx);
    if (run === undefined) runs.set(ctx, (run = new ModeratedRun(moderator, ctx, options)));
    return run.pass(reply, next);
  };
}

/**
 * Judges what a user says (texts, recognised speech, the titles of links) before other handlers see it. What is not
 * allowed is answered with the replacement and goes no further; it is logged as `message_blocked`.
 *
 * @throws {TypeError} when an option is out of range
 * @example
 * bot.use(moderateMessages({ words: ["赌博"] }));
 */
export function moderateMessages<S extends object>(
  options: ModerationOptions = {},
): Middleware<Context<AnyPush, S>> {
  const moderator = new Moderator("incoming", options);
  const { replacement = UNHEARD } = options;
  return async (ctx, next) => {
    const said = [...ctx.skipped, ctx.message].map(wordsOfMessage).filter((words) => words !== "");
    const judgement = said.length === 0 ? ALLOWED : await moderator.judge(ctx, said.join("\n"));
    if (judgement.isAllowed) return next();
    const { reason, source } = judgement;
    ctx.log.warn("message_blocked", { reason, source, type: ctx.message.MsgType });
    if (replacement !== false) await ctx.reply(replacement);
  };
}

/** The replies of one run, judged one after the other. */
class ModeratedRun {
  readonly #moderator: Moderator;
  readonly #ctx: Context;
  readonly #replacement: string | false;
  #before: Before = NOTHING_BEFORE;
  #isBlocked = false;
  /** Replies that nobody has waited for keep their order all the same. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(moderator: Moderator, ctx: Context, { replacement = UNSAID }: ModerationOptions) {
    this.#moderator = moderator;
    this.#ctx = ctx;
    this.#replacement = replacement;
  }

  async pass(reply: Reply, next: Pass): Promise<void> {
    // Only judging waits its turn: whoever comes after may reply as well.
    const judged = this.#turn.then(() => this.#judge(reply));
    this.#turn = judged;
    const said = await judged;
    if (said !== undefined) await next(said);
  }

  /** @returns what is said instead of the reply: itself, the replacement, or nothing */
  async #judge(reply: Reply): Promise<Reply | undefined> {
    const words = wordsOfReply(reply);
    if (words === "") return reply;
    if (this.#isBlocked) {
      this.#log(reply, "run", "rest");
      return undefined;
    }
    const isText = reply.MsgType === "text";
    const before = isText ? this.#before : NOTHING_BEFORE;
    const judgement = await this.#moderator.judge(this.#ctx, words, before);
    if (judgement.isAllowed) {
      if (isText) this.#before = this.#moderator.after(this.#ctx, words, before);
      return reply;
    }
    this.#isBlocked = true;
    this.#log(reply, judgement.source, judgement.reason);
    return this.#replacement === false ? undefined : text(this.#replacement);
  }

  #log({ MsgType: type }: Reply, source: string, reason: string): void {
    this.#ctx.log.warn("reply_blocked", { reason, source, type });
  }
}
