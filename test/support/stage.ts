/** What the conversations' objects of a test run with: they live in the test's own isolate. */
import type { Bot } from "wechat-edge";
import { testBot } from "./test-bot.ts";

class Stage {
  bot: Bot = testBot();
  #vars: object = {};
  #env: Cloudflare.Env | undefined;
  /** Stands between the runtime's queues and the Worker's handler. */
  consume = (batch: MessageBatch, handle: (batch: MessageBatch) => Promise<void>): Promise<void> =>
    handle(batch);

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
