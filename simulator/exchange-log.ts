/** What the Worker's log says about the exchanges of a simulator. */
import { parsePush, PushFault } from "../src/protocol/push.ts";
import { pushKey } from "../src/protocol/push-key.ts";
import type { AnyPush } from "../src/protocol/pushes/wire.ts";
import type { AnswerStory } from "./answer-story.ts";
import { pushXml } from "./push-xml.ts";
import { Recent } from "./recent.ts";
import type { LogTopic, WorkerLog } from "./worker-log.ts";

const MAX_EXCHANGES = 1_000;

/** An exchange, and whose it is. */
export interface KnownExchange {
  readonly exchange: string;
  readonly account: string;
  readonly openid: string;
}

/** Finds the lines about an exchange by the key that the Worker gives its push. */
export class ExchangeLog {
  readonly #log: WorkerLog | undefined;
  readonly #keys = new Recent<KnownExchange & { readonly key: string }>(MAX_EXCHANGES);
  readonly #byKey = new Recent<KnownExchange>(MAX_EXCHANGES);

  /**
   * @param log none where nobody hands it over
   * @param told called when the Worker has said something new about an exchange, or about its jobs
   */
  constructor(log: WorkerLog | undefined, told: (exchange: KnownExchange, about: LogTopic) => void) {
    this.#log = log;
    log?.subscribe((key, about) => {
      const known = this.#byKey.get(key);
      if (known !== undefined) told(known, about);
    });
  }

  /** Whether there is a log at all. */
  get isThere(): boolean {
    return this.#log !== undefined;
  }

  /** From now on lines about `push` belong to this exchange. */
  expect(known: KnownExchange, push: AnyPush): void {
    const key = keyOf(push);
    this.#keys.keep(known.exchange, { ...known, key });
    this.#byKey.keep(key, known);
  }

  /** The exchanges of a phone, with the keys of their pushes. */
  exchangesOf(account: string, openid: string): readonly (KnownExchange & { readonly key: string })[] {
    return [...this.#keys.values()].filter((known) => known.account === account && known.openid === openid);
  }

  /** The story of an exchange of that phone; `undefined` when there is none, or no log. */
  storyOf({ exchange, account, openid }: KnownExchange): AnswerStory | undefined {
    const known = this.#keys.get(exchange);
    if (known?.account !== account || known.openid !== openid) return undefined;
    return this.#log?.storyOf(account, known.key);
  }
}

/** The key as the Worker makes it, of what it reads; empty for a push that it cannot read. */
function keyOf(push: AnyPush): string {
  try {
    return pushKey(parsePush(pushXml(push), "oa"));
  } catch (error) {
    if (error instanceof PushFault) return "";
    throw error;
  }
}
