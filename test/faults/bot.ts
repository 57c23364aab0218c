/**
 * The bot of the simulation. A user says `<verb> <seed>-<n> <argument>`; every reply carries a token `[<seed>-<n>.<part>]`
 * that no other reply has, and the session counts what was written down of every message and of every job.
 */
import { Bot, type Context, defer, type JobContext } from "wechat-edge";
import { pause } from "../support/waiting.ts";

/** What the session keeps: `count`, and for each message and job how often it counted. */
export type Counts = Record<string, number>;

/** What a user says. */
export interface Words {
  readonly verb: Verb;
  /** `<seed>-<n>` */
  readonly id: string;
  readonly ms: number;
}

/** What handlers do. */
export const VERBS = [
  "fast",
  "silent",
  "wait",
  "many",
  "throw",
  "hang",
  "shared",
  "slow",
  "model",
  "fail",
  "doomed",
  "enqueue",
] as const;
export type Verb = (typeof VERBS)[number];

/** Parts that a finished run of each verb has replied, by the push's run and by jobs. */
export const PARTS: Readonly<Record<Verb, readonly string[]>> = {
  fast: ["1"],
  silent: [],
  wait: ["1"],
  many: ["1", "2", "3"],
  throw: [],
  hang: [],
  shared: ["1"],
  slow: ["d1", "d2"],
  model: ["d1"],
  fail: ["d1", "d2"],
  doomed: [],
  enqueue: ["1", "e1"],
};

/** Whether the session counts a job of that verb's message once it has ended. */
export function hasJob(verb: Verb): boolean {
  return verb === "slow" || verb === "model" || verb === "fail" || verb === "enqueue";
}

/** What is said. */
export function say({ verb, id, ms }: Words): string {
  return `${verb} ${id} ${ms}`;
}

/** Reads it. */
export function readWords(text: string): Words {
  const [verb = "", id = "", ms = "0"] = text.split(" ");
  const known = VERBS.find((one) => one === verb);
  if (known === undefined) throw new RangeError(`nothing is said like "${text}"`);
  return { verb: known, id, ms: Number(ms) };
}

/** The token of a reply. */
export function token(id: string, part: string): string {
  return `[${id}.${part}]`;
}

/** All tokens of a text. */
export function tokensOf(text: string): string[] {
  return [...text.matchAll(/\[(\d+-\d+\.\w+)\]/g)].map(([, found = ""]) => found);
}

/** A fresh bot. */
export function simulatedBot(): Bot<Counts> {
  const bot = new Bot<Counts>({ session: { initial: () => ({ count: 0 }) } });
  const failed = new Set<string>();
  const wordsOf = (ctx: { message: { Content: string } }): Words => readWords(ctx.message.Content);
  const reply = (ctx: Pick<Context, "reply">, id: string, part: string): Promise<unknown> =>
    ctx.reply(token(id, part));
  /** At the end of a job's run, after its last reply: that much is written down together with the end. */
  const jobDone = (ctx: JobContext<Counts>, id: string): void => {
    ctx.session[`job ${id}`] = (ctx.session[`job ${id}`] ?? 0) + 1;
  };
  bot.on("text", async (ctx, next) => {
    const { id } = wordsOf(ctx);
    ctx.session["count"] = (ctx.session["count"] ?? 0) + 1;
    ctx.session[`message ${id}`] = (ctx.session[`message ${id}`] ?? 0) + 1;
    await next();
  });
  bot.hears(/^fast /, (ctx) => reply(ctx, wordsOf(words(ctx)).id, "1"));
  bot.hears(/^silent /, () => {});
  bot.hears(/^wait /, async (ctx) => {
    const { id, ms } = wordsOf(words(ctx));
    await pause(ms);
    await reply(ctx, id, "1");
  });
  bot.hears(/^many /, async (ctx) => {
    const { id, ms } = wordsOf(words(ctx));
    for (const part of PARTS.many) {
      await reply(ctx, id, part);
      await pause(ms / 3);
    }
  });
  bot.hears(/^throw /, async (ctx) => {
    await pause(wordsOf(words(ctx)).ms);
    throw new Error("a handler that was told to throw");
  });
  bot.hears(/^hang /, () => new Promise(() => {}));
  bot.hears(/^shared /, async (ctx) => {
    const { id } = wordsOf(words(ctx));
    const seen = await ctx.shared.get<number>("seen");
    await ctx.shared.set("seen", (seen ?? 0) + 1).catch(() => {});
    await reply(ctx, id, "1");
  });
  bot.hears(
    /^slow /,
    defer("slow", async (ctx) => {
      const { id, ms } = wordsOf(words(ctx));
      await reply(ctx, id, "d1");
      await pause(ms);
      await reply(ctx, id, "d2");
      jobDone(ctx, id);
    }),
  );
  bot.hears(
    /^model /,
    defer(
      "model",
      async (ctx) => {
        const { id, ms } = wordsOf(words(ctx));
        await pause(ms);
        await reply(ctx, id, "d1");
        jobDone(ctx, id);
      },
      { via: "worker" },
    ),
  );
  bot.hears(
    /^fail /,
    defer("fail", async (ctx) => {
      const { id } = wordsOf(words(ctx));
      await reply(ctx, id, "d1");
      if (!failed.has(id)) {
        failed.add(id);
        throw new Error("a job that was told to fail once");
      }
      await reply(ctx, id, "d2");
      jobDone(ctx, id);
    }),
  );
  bot.hears(
    /^doomed /,
    defer(
      "doomed",
      () => {
        throw new Error("a job that was told to fail always");
      },
      { retries: 1 },
    ),
  );
  bot.hears(/^enqueue /, async (ctx) => {
    const { id, ms } = wordsOf(words(ctx));
    await ctx.enqueue("note", { id }, { delaySeconds: ms / 1_000 });
    await reply(ctx, id, "1");
  });
  bot.job<{ id: string }>("note", async (ctx, { id }) => {
    await reply(ctx, id, "e1");
    jobDone(ctx, id);
  });
  return bot;
}

/** Only texts are said in the simulation. */
function words(ctx: { message: object }): { message: { Content: string } } {
  return { message: { Content: String(Reflect.get(ctx.message, "Content")) } };
}
