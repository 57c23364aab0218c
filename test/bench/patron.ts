/** A user with a phone, who asks something and does what the answer says until there is one. */
import { NOTICE, type Exchange } from "../../simulator/exchange.ts";
import type { PhoneView, TimelineEntry } from "../../simulator/timeline.ts";

/** Who asks what. */
export interface PatronOptions {
  /** The simulator's address. */
  readonly simulator: string;
  readonly account: string;
  /** Also what is asked for. */
  readonly name: string;
  /** Where the handler is run. */
  readonly via: "object" | "worker" | "queue";
  /** How long the handler takes. */
  readonly seconds: number;
}

/** What became of a question. */
export interface Report {
  /** The answer is on the phone, from its first character to its last. */
  readonly whole: boolean;
  /** How often it is there. */
  readonly times: number;
  /** Handler runs. */
  readonly runs: number;
  /** Messages beyond the question that the user had to send. */
  readonly extra: number;
  /** How often WeChat said that the account is out of order. */
  readonly notices: number;
  /** From the question to the answer, and to the first thing that the account said. */
  readonly afterMs: number | undefined;
  readonly firstMs: number | undefined;
  /** What carried it: `reply` to the question, `reply to 继续`, or the API that it came by. */
  readonly by: string | undefined;
}

const COLLECT = "继续";
/** A user who was told to ask again does so after this. */
const PAUSE_MS = 5_000;
const LOOK_MS = 500;
/** The user gives up when the handler should have been done for so long. */
const PATIENCE_MS = 60_000;

/** One user. */
export class Patron {
  readonly name: string;
  readonly #options: PatronOptions;
  #extra = 0;
  #began = 0;

  constructor(options: PatronOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Asks, and goes on until the answer is on the phone or all patience is gone. */
  async write(): Promise<void> {
    const { seconds, via } = this.#options;
    this.#began = Date.now();
    let said = this.#say(`${via} ${seconds * 1000} ${this.name}`);
    let isUnderWay = true;
    const watch = (): void => {
      isUnderWay = false;
    };
    void said.then(watch, watch);
    let pausedAt: number | undefined;
    while (Date.now() - this.#began < seconds * 1000 + PATIENCE_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const timeline = await this.#timeline();
      if (timeline.some((entry) => this.#isAnswer(entry))) break;
      if (isUnderWay || !timeline.some(isInvitation)) continue;
      pausedAt ??= Date.now();
      if (Date.now() - pausedAt < PAUSE_MS) continue;
      pausedAt = undefined;
      this.#extra++;
      isUnderWay = true;
      said = this.#say(COLLECT);
      void said.then(watch, watch);
    }
    await said;
  }

  /** What is on the phone in the end. */
  async report(runs: number): Promise<Report> {
    const timeline = await this.#timeline();
    const answers = timeline.filter((entry) => this.#isAnswer(entry));
    const [first] = answers;
    const said = timeline.find(({ from, at }) => from === "account" && at >= this.#began);
    const notices = timeline.filter((entry) => entry.from === "system" && entry.text === NOTICE).length;
    return {
      whole: first !== undefined,
      times: answers.length,
      runs,
      extra: this.#extra,
      notices,
      afterMs: first && first.at - this.#began,
      firstMs: said && said.at - this.#began,
      by: first && carrierOf(first, timeline),
    };
  }

  #isAnswer(entry: TimelineEntry): boolean {
    const content = contentOf(entry);
    const start = content.indexOf(`answer ${this.name}: `);
    return start >= 0 && content.slice(start).includes(`end ${this.name}`);
  }

  async #say(Content: string): Promise<Exchange> {
    const body = JSON.stringify({ action: "text", Content });
    const response = await fetch(`${this.#phone}/push`, { method: "POST", body });
    if (!response.ok) throw new Error(`the simulator: ${response.status} ${await response.text()}`);
    return (await response.json()) as Exchange;
  }

  async #timeline(): Promise<readonly TimelineEntry[]> {
    const view = (await (await fetch(this.#phone)).json()) as PhoneView;
    return view.timeline;
  }

  get #phone(): string {
    const { simulator, account, name } = this.#options;
    return `${simulator}/api/phone/${account}/o_${name}`;
  }
}

function contentOf(entry: TimelineEntry): string {
  const content = entry.from === "account" ? entry.reply.fields["Content"] : undefined;
  return typeof content === "string" ? content : "";
}

/** The user has reason to write again: was asked to by the account, or told by WeChat that it is out of order. */
function isInvitation(entry: TimelineEntry): boolean {
  return entry.from === "system" || contentOf(entry).includes(`「${COLLECT}」`);
}

function carrierOf(entry: TimelineEntry, timeline: readonly TimelineEntry[]): string {
  if (entry.from !== "account") return "";
  if ("via" in entry) return entry.via;
  const asked = timeline.find((one) => one.from === "user" && one.exchange === entry.exchange);
  return asked?.from === "user" && Reflect.get(asked.push, "Content") === COLLECT
    ? `reply to ${COLLECT}`
    : "reply";
}
