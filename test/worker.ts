/** The Worker under test: what production exports, over a bot with one handler per behaviour. */
import { createApp } from "../src/app.ts";
import { conversationObject } from "../src/conversation/conversation.ts";
import { hastenAlarms } from "./support/fast-time.ts";
import { stage } from "./support/stage.ts";

export * from "../src/objects.ts";

/** Its bot and variables are those that the test has put on stage. */
export class Conversation extends conversationObject(stage.bot) {
  protected override readonly bot = stage.bot as never;

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, stage.env(env));
    hastenAlarms(state.storage);
  }
}

/** The runtime's queues call it: what they deliver is run over the bot that is on stage. */
export default {
  fetch: (request: Request, env: Cloudflare.Env, ctx: ExecutionContext) =>
    createApp(stage.bot).fetch(request, env, ctx),
  queue: (batch: MessageBatch, env: Cloudflare.Env, ctx: ExecutionContext) =>
    stage.deliver(batch, (one) => createApp(stage.bot).queue(one, stage.env(env), ctx)),
};
