/** Flows: ask a question, wait for the next message, go on. What was answered so far lies in the session. */
import { SessionError } from "../errors.ts";
import type { PushEnvelope } from "../protocol/pushes/wire.ts";
import type { Json } from "../protocol/replies.ts";
import { Composer } from "./composer.ts";
import type { Context, SessionData } from "./context.ts";

/** Answers so far, by the names of their questions. */
export type FlowAnswers = Readonly<Record<string, string>>;

/** How a flow behaves. */
export interface FlowOptions {
  /** A question that is not answered within so many seconds ends the flow. Default 600. */
  readonly timeoutSeconds?: number;
  /** Words that end the flow. Default 取消. */
  readonly cancel?: readonly string[];
  /** Said when a user cancels. Default 已取消。 */
  readonly cancelled?: string;
}

/** One question. */
export interface QuestionOptions {
  /** Whether an answer will do: `true`, or what to say before it is asked again. */
  readonly check?: (answer: string, answers: FlowAnswers) => boolean | string;
}

interface Question {
  readonly name: string;
  readonly text: string | ((answers: FlowAnswers) => string);
  readonly check: QuestionOptions["check"];
}

/** What the session holds of a flow that is under way. */
interface FlowState {
  readonly [member: string]: Json;
  readonly at: number;
  readonly asked: number;
  readonly answers: FlowAnswers;
}

const DEFAULT_TIMEOUT_SECONDS = 600;
const PREFIX = "flow:";

/**
 * A row of questions, asked one message at a time. It survives eviction and deploys, for its state is in the session;
 * while it is under way it takes the user's texts before handlers that were registered after it.
 *
 * @example
 * const booking = new Flow("booking")
 *   .ask("day", "哪一天？", { check: (day) => /^\d{1,2}$/.test(day) || "请输入日期，例如 12" })
 *   .ask("people", ({ day }) => `${day} 号，几位？`)
 *   .end((ctx, { day, people }) => ctx.reply(`已预订：${day} 号 ${people} 位`));
 * bot.use(booking);
 * bot.hears("订位", (ctx) => booking.start(ctx));
 */
export class Flow<S extends object = SessionData> extends Composer<S> {
  readonly #key: string;
  readonly #questions: Question[] = [];
  readonly #timeoutMs: number;
  readonly #cancel: ReadonlySet<string>;
  readonly #cancelled: string;
  #end: (ctx: Context<PushEnvelope, S>, answers: FlowAnswers) => unknown = () => {};

  /** @param name its key in the session: two flows of one bot need two names */
  constructor(name: string, options: FlowOptions = {}) {
    super();
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, cancel = ["取消"], cancelled = "已取消。" } = options;
    this.#key = PREFIX + name;
    this.#timeoutMs = timeoutSeconds * 1000;
    this.#cancel = new Set(cancel);
    this.#cancelled = cancelled;
    this.on("text", (ctx, next) => this.#answered(ctx, ctx.message.Content.trim(), next));
  }

  /** Adds a question. Its answer is the user's next text, without blanks around it. */
  ask(name: string, text: Question["text"], { check }: QuestionOptions = {}): this {
    this.#questions.push({ name, text, check });
    return this;
  }

  /** Says what happens when every question is answered. */
  end(handler: (ctx: Context<PushEnvelope, S>, answers: FlowAnswers) => unknown): this {
    this.#end = handler;
    return this;
  }

  /** Begins, or begins anew: asks the first question. */
  async start(ctx: Context<PushEnvelope, S>): Promise<void> {
    await this.#ask(ctx, 0, {});
  }

  async #answered(ctx: Context<PushEnvelope, S>, answer: string, next: () => Promise<void>): Promise<void> {
    const state = this.#stateIn(ctx);
    if (state === undefined) return next();
    const question = this.#questions[state.asked];
    if (question === undefined || Date.now() - state.at > this.#timeoutMs) {
      this.#keep(ctx, undefined);
      return next();
    }
    if (this.#cancel.has(answer)) {
      this.#keep(ctx, undefined);
      await ctx.reply(this.#cancelled);
      return;
    }
    const verdict = question.check?.(answer, state.answers) ?? true;
    if (verdict !== true) {
      this.#keep(ctx, { ...state, at: Date.now() });
      await ctx.reply(verdict === false ? textOf(question, state.answers) : verdict);
      return;
    }
    await this.#ask(ctx, state.asked + 1, { ...state.answers, [question.name]: answer });
  }

  async #ask(ctx: Context<PushEnvelope, S>, index: number, answers: FlowAnswers): Promise<void> {
    const question = this.#questions[index];
    this.#keep(ctx, question && { at: Date.now(), asked: index, answers });
    if (question) await ctx.reply(textOf(question, answers));
    else await this.#end(ctx, answers);
  }

  #stateIn({ session }: Context<PushEnvelope, S>): FlowState | undefined {
    const state: unknown = Reflect.get(session, this.#key);
    return isFlowState(state) ? state : undefined;
  }

  #keep({ session }: Context<PushEnvelope, S>, state: FlowState | undefined): void {
    if (state === undefined) Reflect.deleteProperty(session, this.#key);
    else if (!Reflect.set(session, this.#key, state))
      throw new SessionError("ctx.session cannot be changed.");
  }
}

function textOf({ text }: Question, answers: FlowAnswers): string {
  return typeof text === "string" ? text : text(answers);
}

function isFlowState(value: unknown): value is FlowState {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "at") === "number" &&
    typeof Reflect.get(value, "asked") === "number" &&
    typeof Reflect.get(value, "answers") === "object"
  );
}
