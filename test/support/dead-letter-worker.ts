/** A Worker whose jobs fail until they are run again, and with one more door: it puts dead letters in, as jobs that are given up do. */
import { Bot, defer } from "wechat-edge";
import { createApp } from "../../src/app.ts";
import { conversationObject } from "../../src/conversation/conversation.ts";
import type { DeadLetter } from "../../src/conversation/dead-letters.ts";

export * from "../../src/objects.ts";

const DOOR = /^\/test\/dead-letters\/(\w+)$/;

const failed = new Set<string>();
const bot = new Bot();
bot.hears(
  "print",
  defer(
    "print",
    async (ctx) => {
      const { MsgId: id } = ctx.message;
      if (!failed.has(id)) {
        failed.add(id);
        throw new Error("the printer is on fire");
      }
      await ctx.reply("printed");
    },
    { retries: 0 },
  ),
);

export class Conversation extends conversationObject(bot) {}
const app = createApp(bot);

export default {
  ...app,
  async fetch(request, env, ctx) {
    const [, account] = DOOR.exec(new URL(request.url).pathname) ?? [];
    if (account === undefined) return app.fetch(request, env, ctx);
    const letters = env.DEAD_LETTERS.getByName(account);
    for (const letter of await request.json<DeadLetter[]>()) await letters.add(letter);
    return new Response();
  },
} satisfies ExportedHandler<Cloudflare.Env>;
