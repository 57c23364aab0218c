/** The Durable Object of one account and user: RPC and alarm, and no rule in it. */
import { DurableObject } from "cloudflare:workers";
import { pageLinkText, type PageLink } from "../accounts/page-link.ts";
import type { Bot } from "../framework/bot.ts";
import { accountFor, botFor } from "../framework/probe.ts";
import { UserLimit } from "../limits/user-limit.ts";
import type { Reply } from "../protocol/replies.ts";
import { DAY_MS } from "../shanghai-time.ts";
import { errorFields, Logger } from "../telemetry/logger.ts";
import { type TalkHost, workshopOf } from "./host.ts";
import { Ledger } from "./ledger.ts";
import { userIn } from "./object-name.ts";
import { Pages } from "./pages.ts";
import { Rows } from "./rows.ts";
import type {
  AskCall,
  ConversationReport,
  EraseAnswer,
  EraseCall,
  PageAnswer,
  PageCall,
  Progress,
  PushCall,
  ReportCall,
} from "./rpc.ts";
import type {
  ClaimAnswer,
  ClaimCall,
  JobAddress,
  RecordAnswer,
  RecordCall,
  RedriveAnswer,
  RedriveCall,
  SettleAnswer,
  SettleCall,
} from "./deferred/rpc.ts";
import { SessionStore } from "./session-store.ts";
import { Talk } from "./talk.ts";

const clock = (): number => Date.now();

/** An alarm that is not earlier than the armed one by this much is not worth a row. */
const ALARM_SLACK_MS = 1_000;

/**
 * The class of the conversations of a bot: `export class Conversation extends conversationObject(bot) {}`.
 */
export function conversationObject<S extends object>(bot: Bot<S>): typeof ConversationObject {
  return class extends ConversationObject {
    // What type its session has, only the bot's own handlers know.
    protected override readonly bot = bot as unknown as Bot<never>;
  };
}

/** One per account and user. */
export class ConversationObject extends DurableObject {
  protected readonly bot: Bot<never> | undefined;
  #talk: Talk | undefined;
  /** When the alarm is armed for; `undefined` when that is not known yet, `Infinity` for never. */
  #alarmAt: number | undefined;
  #expiresMs = 0;
  #lastUse: () => number = () => 0;

  /** A push was delivered: runs it, joins its run, or repeats its answer. */
  receive(call: PushCall): Promise<Progress> {
    return this.#scheduled(async (talk) => this.#told(await talk.receive(call)));
  }

  /** How far a push is. */
  ask(call: AskCall): Promise<Progress> {
    return this.#scheduled((talk) => this.#told(talk.ask(call)));
  }

  /** Somebody wants to run a job. */
  claim(call: ClaimCall): Promise<ClaimAnswer> {
    return this.#scheduled((talk) => talk.jobRuns.claim(call));
  }

  /** Something that a job's run did. */
  record(call: RecordCall): Promise<RecordAnswer> {
    return this.#scheduled((talk) => talk.jobRuns.record(call));
  }

  /** A job's run goes on. @returns whether it still has its lease */
  renew(call: Pick<RecordCall, "v" | "key" | "job" | "lease">): Promise<boolean> {
    return this.#scheduled((talk) => talk.jobRuns.renew(call));
  }

  /** A job's run has ended. */
  settle(call: SettleCall): Promise<SettleAnswer> {
    return this.#scheduled((talk) => talk.jobRuns.settle(call));
  }

  /** The queue has given up a job's message. */
  abandon(call: JobAddress): Promise<void> {
    return this.#scheduled((talk) => talk.jobRuns.abandon(call));
  }

  /** A dead letter's job is run again. */
  redrive(call: RedriveCall): Promise<RedriveAnswer> {
    return this.#scheduled((talk) => talk.redrive(call));
  }

  /** What is kept of the user, for an operator; with a decision about a reply whose outcome nobody knows. */
  report({ decision }: ReportCall): Promise<ConversationReport> {
    return this.#scheduled((talk) => talk.report(decision));
  }

  /** What a page shows. Asking leaves nothing behind, neither here nor in an object that has forgotten its user. */
  page({ v, id }: PageCall): PageAnswer {
    return { v, page: this.#pages().read(id, clock()) };
  }

  /** Forgets everything that is kept of the user, at once; what is under way for them ends. */
  async erase({ v }: EraseCall): Promise<EraseAnswer> {
    const talk = this.#opened();
    const { turns } = talk.report(undefined);
    talk.leave();
    this.#talk = undefined;
    this.#alarmAt = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return { v, turns: turns.length };
  }

  /** Takes care of what is left: late replies, orphaned runs, and at last the object itself. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity;
    const now = clock();
    const talk = this.#opened();
    try {
      await talk.tend();
    } catch (error) {
      const { settings } = workshopOf(this.env, clock);
      const log = new Logger({ level: settings.logLevel, clock }, { requestId: "alarm", spanId: "alarm" });
      log.error("conversation_alarm_failed", errorFields(error));
    }
    if (talk.dueAt !== undefined || now - this.#lastUse() <= this.#expiresMs) return this.#schedule();
    this.#talk = undefined;
    const { lastUntil } = this.#pages();
    if (lastUntil <= now) return this.ctx.storage.deleteAll();
    // Nothing is kept any more but what links lead to.
    this.ctx.storage.sql.exec(`DELETE FROM turn`);
    this.#alarmAt = lastUntil + ALARM_SLACK_MS;
    await this.ctx.storage.setAlarm(this.#alarmAt);
  }

  async #scheduled<T>(work: (talk: Talk) => T | Promise<T>): Promise<T> {
    const result = await work(this.#opened());
    await this.#schedule();
    return result;
  }

  #opened(): Talk {
    if (this.#talk) return this.#talk;
    if (!this.bot) throw new TypeError("export a class made by conversationObject(bot)");
    const user = userIn(this.ctx.id.name);
    const bot = botFor(this.bot, user);
    const { settings, accounts, apis } = workshopOf(this.env, clock);
    const logWith = (requestId: string, spanId: string): Logger =>
      new Logger({ level: settings.logLevel, clock }, { requestId, spanId });
    const host: TalkHost = {
      bot,
      env: this.env,
      clock,
      account: (id) => accountFor(accounts.known(id), user),
      api: (id, log) => apis.of(id, log),
      isOpen: (id, path) => apis.isOpen(id, path),
      pages: this.#pages(),
      withLink: (reply, link) => this.#withLink(reply, link),
      log: ({ requestId }) => logWith(requestId, "conversation"),
      logOf: ({ requestId, spanId }) => logWith(requestId, spanId),
      waitUntil: (work) => this.ctx.waitUntil(work),
      schedule: () => this.#schedule(),
    };
    // What was not written must not be answered from memory either: the next call begins from what is kept.
    const rows = new Rows(this.ctx.storage.sql, () => this.ctx.abort("a conversation could not be written"));
    const kept = rows.load();
    const keepMs = settings.dedupSeconds * 1000;
    const ledger = new Ledger(rows, kept.turns, keepMs);
    const session = new SessionStore(rows, kept.session, {
      idleMs: bot.sessionIdleMs,
      initial: () => bot.initialSession(),
    });
    this.#expiresMs = Math.max(keepMs, bot.sessionIdleMs);
    this.#lastUse = () => Math.max(ledger.lastAt, session.usedAt);
    this.#talk = new Talk({ host, ledger, session, rows, limit: new UserLimit() });
    return this.#talk;
  }

  #pages(): Pages {
    return new Pages(this.ctx.storage.sql, workshopOf(this.env, clock).settings.pageDays * DAY_MS);
  }

  /** An answer as it leaves. */
  async #told(progress: Progress): Promise<Progress> {
    if (progress.kind !== "reply" || progress.link === undefined) return progress;
    const { link, ...told } = progress;
    const reply: Reply = JSON.parse(progress.reply);
    return { ...told, reply: JSON.stringify(await this.#withLink(reply, link)) };
  }

  async #withLink(reply: Reply, link: PageLink | undefined): Promise<Reply> {
    if (link === undefined || reply.MsgType !== "text") return reply;
    const account = workshopOf(this.env, clock).accounts.known(link.account);
    const text = account === undefined ? "" : await pageLinkText(account, String(this.ctx.id), link);
    return { ...reply, Content: reply.Content + text };
  }

  /** One lazy alarm: for what is due next, else for the end of everything that is kept. */
  async #schedule(): Promise<void> {
    const expiresAt = this.#lastUse() + this.#expiresMs + ALARM_SLACK_MS;
    const at = this.#talk?.dueAt ?? expiresAt;
    this.#alarmAt ??= (await this.ctx.storage.getAlarm()) ?? Infinity;
    if (this.#alarmAt <= at + ALARM_SLACK_MS) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }
}
