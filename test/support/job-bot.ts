/** A bot whose deferred handlers do what they are told, and note it. */
import { Bot, defer, type DeferOptions } from "wechat-edge";
import { pause } from "./waiting.ts";

/** What runs have noted, in order. */
export type Notes = string[];

/**
 * `work 300 2 x`: after 300 ms two replies. `fail 2 x`: fails twice, each time after a reply, then succeeds. `later 5 x`:
 * enqueues a job that notes after 5 s. What a user says last is what is noted, so that texts can be told apart.
 */
export function jobBot(notes: Notes, options: DeferOptions = {}): Bot<{ done?: string[] }> {
  const bot = new Bot<{ done?: string[] }>();
  const failures = new Map<string, number>();
  bot.hears(
    /^work (\d+) (\d+) (\S+)$/,
    defer(
      "work",
      async (ctx) => {
        const [, ms, replies, name = ""] = ctx.match;
        notes.push(`begun ${name}`);
        await pause(Number(ms));
        for (let n = 1; n <= Number(replies); n++) {
          const { parts } = await ctx.reply(`${name} ${n}`);
          if (parts === 0) notes.push(`unheard ${name} ${n}`);
        }
        ctx.session.done = [...(ctx.session.done ?? []), name];
        notes.push(`${ctx.signal.aborted ? "aborted" : "done"} ${name}`);
      },
      options,
    ),
  );
  bot.hears(
    /^fail (\d+) (\S+)$/,
    defer(
      "fail",
      async (ctx) => {
        const [, times, name = ""] = ctx.match;
        const before = failures.get(name) ?? 0;
        failures.set(name, before + 1);
        notes.push(`run ${name}`);
        await ctx.reply(`${name} 1`);
        if (before < Number(times)) throw new Error(`${name} was told to fail`);
        await ctx.reply(`${name} 2`);
      },
      options,
    ),
  );
  bot.hears(/^later ([\d.]+) (\S+)$/, async (ctx) => {
    await ctx.enqueue("note", { name: ctx.match[2] ?? "" }, { delaySeconds: Number(ctx.match[1]) });
    await ctx.reply("on record");
  });
  bot.job<{ name: string }>("note", async (ctx, { name }) => {
    notes.push(`note ${name}`);
    await ctx.reply(`note ${name}`);
  });
  bot.on("text", (ctx) => ctx.reply(`done ${(ctx.session.done ?? []).join(",")}`));
  return bot;
}
