/** A user with a phone, who asks the assistant for a text and reads on for as long as it says that there is more. */
import type { AccountKind } from "../../simulator/account.ts";
import type { PhoneView, TimelineEntry } from "../../simulator/timeline.ts";

/** Who asks what. */
export interface Question {
  /** The simulator's address. */
  readonly simulator: string;
  /** The account has its kind's name. */
  readonly account: AccountKind;
  /** Of the user, and nobody else's. */
  readonly name: string;
  /** How long the model writes. */
  readonly seconds: number;
  /** How much. */
  readonly bytes: number;
  /** The user gives up when nothing has happened for so long, in milliseconds. */
  readonly patienceMs: number;
}

export const COLLECT = "继续";
/** What asks the user to write: behind a part of an answer, and in the place of one. */
export const MORE_HINT = "（未完，发送「继续」查看后文）";
export const MAILBOX_HINT = "正在处理，请稍后发送「继续」或任意消息查看回复。";
const MAX_COLLECTED = 60;
/** A user who was told to write again does so after this. */
const PAUSE_MS = 2_000;
/** One who was shown nothing new then does so again after this. */
const PAUSE_IN_SILENCE_MS = 15_000;
const LOOK_MS = 1_000;

/** One user. */
export class Asker {
  readonly question: Question;
  #began = 0;
  #collected = 0;
  #timeline: readonly TimelineEntry[] = [];

  constructor(question: Question) {
    this.question = question;
  }

  /** When the question was sent, in milliseconds since the epoch. */
  get began(): number {
    return this.#began;
  }

  /** What the phone shows, from the question on. */
  get timeline(): readonly TimelineEntry[] {
    return this.#timeline;
  }

  /** How often the user had to write again. */
  get collected(): number {
    return this.#collected;
  }

  /** What only this question says: the model's calls are told apart by it. */
  get mark(): string {
    return `(${this.question.name})`;
  }

  /** Asks, and reads on until nothing asks to; @param isOver whether the answer has ended */
  async ask(isOver: (timeline: readonly TimelineEntry[]) => boolean): Promise<void> {
    const { seconds, bytes, patienceMs } = this.question;
    this.#began = Date.now();
    const line = new Line(this.#phone);
    line.say(`用 ${seconds} 秒，写 ${bytes} 字节 ${this.mark}`);
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      await this.look();
      const last = this.#timeline.findLast(({ from }) => from !== "user");
      const quietSince = Math.max(this.#began + seconds * 1000, last?.at ?? 0, line.endedAt ?? Date.now());
      if (Date.now() - quietSince > patienceMs) break;
      if (line.endedAt === undefined) continue;
      if (last === undefined || !isInvitation(last)) {
        if (isOver(this.#timeline)) break;
        continue;
      }
      const isNew = last.at >= line.beganAt;
      const pausedMs = Date.now() - Math.max(last.at, line.endedAt);
      if (pausedMs < (isNew ? PAUSE_MS : PAUSE_IN_SILENCE_MS)) continue;
      if (this.#collected === MAX_COLLECTED) break;
      this.#collected++;
      line.say(COLLECT);
    }
    await line.settled;
  }

  /** Looks at the phone. */
  async look(): Promise<void> {
    const { timeline } = (await (await fetch(this.#phone)).json()) as PhoneView;
    this.#timeline = timeline;
  }

  get #phone(): string {
    const { simulator, account, name } = this.question;
    return `${simulator}/api/phone/${account}/o_${name}`;
  }
}

/** What a user sends, one message after the other. */
class Line {
  readonly #phone: string;
  beganAt = 0;
  /** When WeChat was done with the last one; unset while it is not. */
  endedAt: number | undefined;
  settled: Promise<void> = Promise.resolve();

  constructor(phone: string) {
    this.#phone = phone;
  }

  say(Content: string): void {
    this.beganAt = Date.now();
    this.endedAt = undefined;
    this.settled = this.#push(Content);
  }

  async #push(Content: string): Promise<void> {
    const body = JSON.stringify({ action: "text", Content });
    const response = await fetch(`${this.#phone}/push`, { method: "POST", body });
    if (!response.ok) throw new Error(`the simulator: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
    this.endedAt = Date.now();
  }
}

/** The text that an entry of the account's shows; empty for anything else. */
export function contentOf(entry: TimelineEntry): string {
  const content = entry.from === "account" ? entry.reply.fields["Content"] : undefined;
  return typeof content === "string" ? content : "";
}

/** Asked to write by the account, or told by WeChat that it is out of order. */
function isInvitation(entry: TimelineEntry): boolean {
  return entry.from === "system" || contentOf(entry).includes(`「${COLLECT}」`);
}
