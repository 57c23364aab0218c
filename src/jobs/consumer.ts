/** The door of the queues: runs the jobs that their messages name, and puts on record what the queue has given up. */
import type { AccountRegistry } from "../accounts/registry.ts";
import type { ApiClients } from "../api/clients.ts";
import type { DeadLetter } from "../conversation/dead-letters.ts";
import { JobLine } from "../conversation/deferred/line.ts";
import type { JobSender } from "../conversation/deferred/sender.ts";
import { RemoteRun } from "../conversation/deferred/remote-run.ts";
import type { JobGrant, JobTicket } from "../conversation/deferred/rpc.ts";
import type { PushMessage } from "../conversation/rpc.ts";
import type { Bot } from "../framework/bot.ts";
import { errorFields, type Logger } from "../telemetry/logger.ts";

/** What jobs are run with. */
export interface ConsumerOptions {
  readonly bot: Bot<never>;
  readonly accounts: AccountRegistry;
  readonly apis: ApiClients;
  readonly sender: JobSender;
  readonly clock: () => number;
  log(requestId: string): Logger;
}

/** Queues of that name hold what the other one has given up. */
const DEAD_QUEUE = /-dead$/;
/** A message whose conversation cannot be reached comes again after this, and then after four times as long. */
const UNREACHED_SECONDS = 5;
const MAX_UNREACHED_SECONDS = 300;
/** A message that this version cannot read: a newer one may be on its way. */
const UNREADABLE_SECONDS = 60;
const MAX_DELAY_SECONDS = 43_200;
const MAX_KEPT_BODY = 4_096;

/** Handles a batch. Each message is acknowledged by itself: what one does says nothing of another. */
export async function consume(
  batch: MessageBatch,
  env: Cloudflare.Env,
  ctx: Pick<ExecutionContext, "waitUntil">,
  options: ConsumerOptions,
): Promise<void> {
  const isDead = DEAD_QUEUE.test(batch.queue);
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        const consumer = new Consumer(message, env, ctx, options);
        await (isDead ? consumer.abandon() : consumer.run());
      } catch (error) {
        options.log(message.id).warn("job_message_failed", errorFields(error));
        const delaySeconds = Math.min(MAX_UNREACHED_SECONDS, UNREACHED_SECONDS * 4 ** (message.attempts - 1));
        message.retry({ delaySeconds });
      }
    }),
  );
}

class Consumer {
  readonly #message: Message;
  readonly #env: Cloudflare.Env;
  readonly #ctx: Pick<ExecutionContext, "waitUntil">;
  readonly #options: ConsumerOptions;

  constructor(
    message: Message,
    env: Cloudflare.Env,
    ctx: Pick<ExecutionContext, "waitUntil">,
    options: ConsumerOptions,
  ) {
    this.#message = message;
    this.#env = env;
    this.#ctx = ctx;
    this.#options = options;
  }

  /** Delivers the push that the message carries; or runs the job that it names, if it is still to be run and nobody else is running it. */
  async run(): Promise<void> {
    const message = this.#message;
    const push = readPush(message.body);
    if (push) return this.#deliver(push);
    const ticket = readTicket(message.body);
    if (ticket === undefined) {
      // It may be of a version that is being deployed right now.
      this.#options.log(message.id).warn("job_unreadable", { attempt: message.attempts });
      message.retry({ delaySeconds: UNREADABLE_SECONDS });
      return;
    }
    const line = new JobLine(this.#env.CONVERSATIONS, ticket.object);
    const claimed = await line.claim({ v: 1, key: ticket.key, job: ticket.job, lease: crypto.randomUUID() });
    if (claimed.kind === "gone") message.ack();
    else if (claimed.kind === "wait") message.retry({ delaySeconds: secondsOf(claimed.ms) });
    else await this.#perform(claimed.grant, line);
  }

  /** The queue has given the message up. Nothing is lost: its job lies with the conversation, a push is tried again. */
  async abandon(): Promise<void> {
    const message = this.#message;
    const push = readPush(message.body);
    if (push) return this.#deliver(push);
    const ticket = readTicket(message.body);
    if (ticket === undefined) await this.#keep();
    else {
      const line = new JobLine(this.#env.CONVERSATIONS, ticket.object);
      await line.abandon({ v: 1, key: ticket.key, job: ticket.job });
    }
    message.ack();
  }

  async #deliver({ object, push }: PushMessage): Promise<void> {
    await new JobLine(this.#env.CONVERSATIONS, object).receive(push);
    this.#message.ack();
  }

  async #perform(grant: JobGrant, line: JobLine): Promise<void> {
    const { bot, accounts, apis, sender, clock } = this.#options;
    const { JOBS } = this.#env;
    const message = this.#message;
    const log = this.#options.log(grant.requestId);
    const account = accounts.known(grant.account);
    if (account === undefined) throw new RangeError(`there is no usable account "${grant.account}"`);
    const run = new RemoteRun(grant, {
      bot,
      account,
      env: this.#env,
      log,
      clock,
      line,
      api: () => apis.of(account.id, log),
      isOpen: (path) => apis.isOpen(account.id, path),
      waitUntil: (work) => this.#ctx.waitUntil(work),
      send: (tickets) => {
        const sending = sender.add(tickets, JOBS, log);
        if (sending) this.#ctx.waitUntil(sending);
      },
    });
    const settled = await run.perform("queue");
    if (settled.kind === "again") message.retry({ delaySeconds: settled.ticket.delaySeconds ?? 0 });
    else message.ack();
  }

  async #keep(): Promise<void> {
    const { id, attempts, body } = this.#message;
    const letter: DeadLetter = {
      v: 1,
      id: `message:${id}`,
      time: this.#options.clock(),
      object: "",
      user: "",
      key: "",
      name: "",
      attempts,
      code: "job_unreadable",
      error: "the message names no job in a form that this version knows",
      requestId: id,
      job: textOf(body).slice(0, MAX_KEPT_BODY),
    };
    const { DEAD_LETTERS: namespace } = this.#env;
    await namespace.get(namespace.idFromName(this.#options.accounts.mainId)).add(letter);
  }
}

function readTicket(body: unknown): JobTicket | undefined {
  if (typeof body !== "object" || body === null || Reflect.get(body, "v") !== 1) return undefined;
  const [object, key, job]: unknown[] = ["object", "key", "job"].map((name) => Reflect.get(body, name));
  return typeof object === "string" && typeof key === "string" && typeof job === "string"
    ? { v: 1, object, key, job }
    : undefined;
}

function readPush(body: unknown): PushMessage | undefined {
  if (typeof body !== "object" || body === null || Reflect.get(body, "v") !== 1) return undefined;
  return "push" in body ? (body as PushMessage) : undefined; // only our own front door sends to this queue
}

function secondsOf(ms: number): number {
  return Math.min(MAX_DELAY_SECONDS, Math.max(1, Math.ceil(ms / 1000)));
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : (JSON.stringify(body) ?? String(body));
}
