/** A ready-made assistant: a language model answers what no other handler does. */
import { answerWithin } from "../../deadline.ts";
import { Composer } from "../../framework/composer.ts";
import type { Context, Middleware } from "../../framework/context.ts";
import { defer } from "../../framework/defer.ts";
import type { PushesBySelector } from "../../framework/selectors.ts";
import type { Overlap, Place } from "../../framework/work.ts";
import type { AnyPush } from "../../protocol/pushes/wire.ts";
import type { Json } from "../../protocol/replies.ts";
import { errorFields } from "../../telemetry/logger.ts";
import { type PictureOptions, Pictures } from "../pictures/pictures.ts";
import type { ThinkingOptions } from "../text/thinking.ts";
import { type AnswerRecord, shownAnswer } from "./answer.ts";
import { answerReplies } from "./answer-replies.ts";
import { begunAnswer, goingOn } from "./begun.ts";
import { countQuestion, type UserCaps } from "./caps.ts";
import { type MemoryLimits, readMemory, remember, remembered } from "./memory.ts";
import { modelOfVariables, originsOfVariables } from "./model-of-variables.ts";
import { ModelError, type ModelContent, type ModelProvider } from "./provider.ts";
import { type LlmTexts, TEXTS } from "./texts.ts";

/** How the assistant is set up. */
export interface LlmOptions {
  /** Names its deferred work and its entries in the session. Default `llm`; two assistants need two names. */
  readonly name?: string;
  /**
   * The model; `undefined` switches the assistant off. Default: one behind OpenAI's chat interface, by the variables
   * `MODEL_BASE_URL`, `MODEL_API_KEY` and `MODEL_NAME`, and off as long as there is no key.
   */
  readonly model?: (env: Cloudflare.Env) => ModelProvider | undefined;
  /** Told to the model before every talk. */
  readonly system?: string;
  /** Whether the model sees pictures. Default `false`: a text says so. */
  readonly vision?: boolean;
  /**
   * Pictures that the model makes are sent as such where the account may upload them and write to its users; `false`:
   * they are links everywhere.
   */
  readonly pictures?: PictureOptions | false;
  /** How the model marks its thoughts, where it does so in its answer: they are not shown. */
  readonly thinking?: ThinkingOptions;
  readonly memory?: MemoryLimits;
  /** Words that make it forget the talk. Default 重置 and /reset. */
  readonly reset?: readonly string[];
  /** Words that end an answer that is being written. Default 停止 and /stop. */
  readonly stop?: readonly string[];
  readonly caps?: UserCaps;
  /** Questions of all users of an account in a day, by Shanghai's clock. Default: as many as they have. */
  readonly accountPerDay?: number;
  /** Where the model is waited for. Default `worker`: 25 s at most; `queue` for slower models. */
  readonly via?: Place;
  /** Longest answer in milliseconds. Default and most: 25,000 via worker; 300,000 and 840,000 via queue. */
  readonly timeoutMs?: number;
  /** Default `burst`: messages that follow each other quickly are answered together. */
  readonly overlap?: Overlap;
  /** Says behind every answer that a machine has written it, as the law asks for. `false` for none. */
  readonly label?: string | false;
  readonly texts?: Partial<LlmTexts>;
}

type Question = PushesBySelector["text" | "voice" | "image"];
type LlmContext<S extends object> = Context<Question, S>;
/** What a question may consist of. */
type Said = Readonly<Partial<Record<"MsgType" | "Content" | "Recognition" | "PicUrl", unknown>>>;

const AI_LABEL = "（内容由 AI 生成）";
/** Before a run's own end, what there is of an answer is brought to the user. */
const END_MARGIN_MS = 1_500;
/** A counter that does not answer must not keep the question waiting. */
const QUOTA_TIMEOUT_MS = 1_000;
const QUEUE_TIMEOUT_MS = 300_000;
const WORKER_TIMEOUT_MS = 25_000;

/**
 * An assistant, to be mounted behind the handlers that come first.
 *
 * It answers texts, voice messages that WeChat has recognised, and pictures, each once: the model is asked once for a
 * question, whatever becomes of the answer.
 *
 * @example
 * bot.use(llm({ system: "你是一家花店的客服，回答简短。", caps: { perHour: 20 } }));
 */
export function llm<S extends object>(options: LlmOptions = {}): Composer<S> {
  const assistant = new Assistant<S>(options);
  const { name = "llm", reset = ["重置", "/reset"], stop = ["停止", "/stop"], overlap = "burst" } = options;
  const { via = "worker", timeoutMs = via === "queue" ? QUEUE_TIMEOUT_MS : WORKER_TIMEOUT_MS } = options;
  const composer = new Composer<S>();
  composer.interrupt(stop, (ctx, next) => assistant.stop(ctx, next));
  composer.hears([...reset], (ctx, next) => assistant.reset(ctx, next));
  const answering = defer(name, (ctx: LlmContext<S>) => assistant.answer(ctx), {
    via,
    timeoutMs,
    retries: 0,
    overlap,
  });
  composer.on(["text", "voice", "image"], async (ctx, next) => {
    if (assistant.isOff(ctx)) return next();
    if (await assistant.admits(ctx)) await answering(ctx, next);
  });
  // Its jobs are led back to the handler by a registration that no message reaches by itself.
  composer.filter(() => false, answering as Middleware<Context<AnyPush, S>>);
  return composer;
}

class Assistant<S extends object> {
  readonly #options: LlmOptions;
  readonly #texts: LlmTexts;
  readonly #memoryKey: string;
  readonly #capsKey: string;

  constructor(options: LlmOptions) {
    const { name = "llm", texts = {} } = options;
    this.#options = options;
    this.#texts = { ...TEXTS, ...texts };
    this.#memoryKey = `~${name}`;
    this.#capsKey = `~${name}-caps`;
  }

  async stop(
    ctx: Pick<LlmContext<S>, "env" | "cancel" | "reply">,
    next: () => Promise<void>,
  ): Promise<unknown> {
    if (this.isOff(ctx)) return next();
    await ctx.cancel();
    return ctx.reply(this.#texts.stopped);
  }

  async reset(
    ctx: Pick<LlmContext<S>, "env" | "session" | "reply">,
    next: () => Promise<void>,
  ): Promise<unknown> {
    if (this.isOff(ctx)) return next();
    Reflect.deleteProperty(ctx.session, this.#memoryKey);
    return ctx.reply(this.#texts.reset);
  }

  /** Whether there is no model to ask. */
  isOff({ env }: Pick<LlmContext<S>, "env">): boolean {
    return this.#model(env) === undefined;
  }

  /** Whether the model may be asked: in the user's object, where questions are counted one by one. */
  async admits(ctx: LlmContext<S>): Promise<boolean> {
    const { caps = {}, vision = false } = this.#options;
    const refusal =
      ctx.message.MsgType === "image" && !vision
        ? this.#texts.blind
        : wordsOf(ctx.message) === ""
          ? this.#texts.deaf
          : (this.#count(ctx, caps) ?? (await this.#countForAccount(ctx)));
    if (refusal !== undefined) await ctx.reply(refusal);
    return refusal === undefined;
  }

  #count({ message, session }: LlmContext<S>, caps: UserCaps): string | undefined {
    if (caps.perHour === undefined && caps.perDay === undefined) return undefined;
    if (caps.vip?.includes(message.FromUserName) === true) return undefined;
    const { isAllowed, entry } = countQuestion(Reflect.get(session, this.#capsKey), caps, Date.now());
    if (isAllowed) Reflect.set(session, this.#capsKey, entry);
    return isAllowed ? undefined : this.#texts.capped;
  }

  /** The account's questions of the day. Where they cannot be counted, the question is let through. */
  async #countForAccount({ account, env, log }: LlmContext<S>): Promise<string | undefined> {
    const { accountPerDay: perDay, name = "llm" } = this.#options;
    if (perDay === undefined) return undefined;
    const { ACCOUNT_QUOTAS: quotas } = env;
    try {
      const quota = quotas.get(quotas.idFromName(account.id));
      const { isAllowed } = await answerWithin(
        () => quota.take({ v: 1, name, perDay, now: Date.now() }),
        QUOTA_TIMEOUT_MS,
      );
      return isAllowed ? undefined : this.#texts.accountCapped;
    } catch (error) {
      log.warn("question_not_counted", errorFields(error));
      return undefined;
    }
  }

  /** Asks the model and replies as it answers. */
  async answer(ctx: LlmContext<S>): Promise<void> {
    const model = this.#model(ctx.env);
    if (model === undefined) return;
    const { system, thinking, memory: limits = {} } = this.#options;
    const label = this.#label;
    const { brokenOff, failures } = this.#texts;
    const lastWords = [brokenOff, ...Object.values(failures), ...(label === undefined ? [] : [label])];
    const begun = begunAnswer(ctx.said, lastWords);
    // As many replies as an earlier run has made count as the same ones: these are not made.
    for (const _ of ctx.said) await ctx.reply(brokenOff);
    if (begun.isWhole) return;
    const memory = readMemory(Reflect.get(ctx.session, this.#memoryKey));
    const asked: readonly Said[] = [...ctx.skipped, ctx.message];
    const ending = new AbortController();
    const stream = model.ask(
      [
        ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
        ...remembered(memory),
        { role: "user", content: contentOf(asked) },
        ...(begun.text === "" ? [] : goingOn(begun)),
      ],
      AbortSignal.any([ctx.signal, ending.signal]),
    );
    const record: AnswerRecord = { text: "", failure: undefined };
    const shown = shownAnswer(
      stream,
      {
        clock: Date.now,
        endBy: endOf(ctx),
        label,
        brokenOff,
        thinking,
        pictures: this.#pictures(ctx),
        stop: () => ending.abort(),
      },
      record,
    );
    try {
      for await (const reply of answerReplies(shown)) await ctx.reply(reply);
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (!(error instanceof ModelError)) throw error;
      await ctx.reply(
        begun.text === "" ? failures[error.code] : [brokenOff, label].filter(Boolean).join("\n\n"),
      );
    }
    if (record.failure !== undefined && !ctx.signal.aborted) this.#log(ctx, record);
    if (record.text === "" || ctx.signal.aborted) return;
    const answer = [begun.text, record.text].filter(Boolean).join("\n");
    const exchanges: Json[] = remember(memory, asked.map(wordsOf).join("\n"), answer, limits);
    Reflect.set(ctx.session, this.#memoryKey, exchanges);
  }

  get #label(): string | undefined {
    const { label = AI_LABEL } = this.#options;
    return label === false ? undefined : label;
  }

  /** A picture is a message by itself: it needs a way for what follows it as well, the label for one. */
  #pictures(ctx: LlmContext<S>): Pictures {
    const { pictures = {} } = this.#options;
    const { account, can, env, log, signal } = ctx;
    const canSend = pictures !== false && can.media && can.push && account.lateReplies.includes("push");
    return new Pictures(
      { from: originsOfVariables(env), ...(pictures === false ? {} : pictures) },
      {
        upload: canSend
          ? async ({ bytes, filename }, within) => {
              const file = { content: bytes, filename };
              const { media_id: mediaId } = await ctx.api.media.upload("image", file, { signal: within });
              return { mediaId };
            }
          : undefined,
        clock: Date.now,
        endBy: endOf(ctx),
        signal,
        log,
        unshown: this.#texts.unshown,
      },
    );
  }

  #log(ctx: LlmContext<S>, { text, failure }: AnswerRecord): void {
    const facts = failure instanceof ModelError ? { status: failure.status, hint: failure.hint } : {};
    ctx.log.warn("model_failed", { ...errorFields(failure), ...facts, characters: text.length });
  }

  #model(env: Cloudflare.Env): ModelProvider | undefined {
    const { model = modelOfVariables } = this.#options;
    return model(env);
  }
}

/** When an answer has to be over, so that what there is of it can be brought to the user. */
function endOf({ deadline }: { readonly deadline: number }): number {
  return deadline - END_MARGIN_MS;
}

/** What a user said, as text; a picture by its URL. */
function wordsOf({ MsgType, Content, Recognition, PicUrl }: Said): string {
  const said = MsgType === "voice" ? Recognition : MsgType === "image" ? PicUrl : Content;
  return typeof said === "string" ? said.trim() : "";
}

function contentOf(messages: readonly Said[]): ModelContent {
  if (messages.every(({ MsgType }) => MsgType !== "image")) return messages.map(wordsOf).join("\n");
  return messages.map((message) =>
    message.MsgType === "image"
      ? { type: "image" as const, url: wordsOf(message) }
      : { type: "text" as const, text: wordsOf(message) },
  );
}
