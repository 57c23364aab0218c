/** What the conversations' objects of a test run with: they live in the test's own isolate. */
import type { Bot } from "wechat-edge";
import { testBot } from "./test-bot.ts";

class Stage {
  bot: Bot = testBot();
  #vars: object = {};
  #env: Cloudflare.Env | undefined;
  #since = 0;
  /** Stands between the runtime's queues and the Worker's handler. */
  consume = (batch: MessageBatch, handle: (batch: MessageBatch) => Promise<void>): Promise<void> =>
    handle(batch);

  /** A test begins: what a queue has kept from those before it is nobody's any more. */
  begin(): void {
    this.#since = Date.now();
  }

  /** A queue delivers. */
  deliver(batch: MessageBatch, handle: (batch: MessageBatch) => Promise<void>): Promise<void> {
    const isOld = ({ timestamp }: Message): boolean => timestamp.getTime() < this.#since;
    const own = batch.messages.filter((message) => !isOld(message));
    for (const message of batch.messages) if (isOld(message)) message.ack();
    const { queue, metadata } = batch;
    const rest: MessageBatch = {
      queue,
      metadata,
      messages: own,
      ackAll: () => own.forEach((message) => message.ack()),
      retryAll: (options) => own.forEach((message) => message.retry(options)),
    };
    return own.length === 0 ? Promise.resolve() : this.consume(rest, handle);
  }

  /** Puts a bot and variables on stage, for objects that are made from now on. */
  set(vars: object, bot: Bot<never> | Bot): void {
    this.bot = bot as Bot;
    this.#vars = vars;
    this.#env = undefined;
  }

  /** The object's bindings, with the test's variables. */
  env(env: Cloudflare.Env): Cloudflare.Env {
    this.#env ??= { ...env, ...this.#vars };
    return this.#env;
  }
}

export const stage = new Stage();
