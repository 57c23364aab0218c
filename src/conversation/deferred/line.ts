/** The way from a job's run, and from the queue, to a conversation's object. */
import { answerWithin } from "../../deadline.ts";
import type { ConversationObject } from "../conversation.ts";
import type { Progress, PushCall } from "../rpc.ts";
import type {
  ClaimAnswer,
  ClaimCall,
  JobAddress,
  RecordAnswer,
  RecordCall,
  SettleAnswer,
  SettleCall,
} from "./rpc.ts";

const CALL_TIMEOUT_MS = 3_000;
/** Pauses before a call that failed is made again: every one of them can be made twice. */
const PAUSES_MS = [100, 500, 2_000];

/** One object's line. */
export class JobLine {
  readonly #namespace: Cloudflare.Env["CONVERSATIONS"];
  readonly #object: string;

  constructor(namespace: Cloudflare.Env["CONVERSATIONS"], object: string) {
    this.#namespace = namespace;
    this.#object = object;
  }

  receive(call: PushCall): Promise<Progress> {
    return this.#call<Progress>(async (stub) => await stub.receive(call));
  }

  claim(call: ClaimCall): Promise<ClaimAnswer> {
    return this.#call<ClaimAnswer>(async (stub) => await stub.claim(call));
  }

  record(call: RecordCall): Promise<RecordAnswer> {
    return this.#call<RecordAnswer>(async (stub) => await stub.record(call));
  }

  renew(call: Pick<RecordCall, "v" | "key" | "job" | "lease">): Promise<boolean> {
    return this.#call(async (stub) => await stub.renew(call));
  }

  settle(call: SettleCall): Promise<SettleAnswer> {
    return this.#call<SettleAnswer>(async (stub) => await stub.settle(call));
  }

  abandon(call: JobAddress): Promise<void> {
    return this.#call(async (stub) => await stub.abandon(call));
  }

  /** A stub that has thrown is of no use any more: each try has its own. */
  async #call<T>(use: (stub: DurableObjectStub<ConversationObject>) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await answerWithin(
          () => use(this.#namespace.get(this.#namespace.idFromName(this.#object))),
          CALL_TIMEOUT_MS,
        );
      } catch (error) {
        const pause = PAUSES_MS[tries];
        if (pause === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}
