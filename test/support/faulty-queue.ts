/** The producer's side of the jobs' queue, with faults in front of the real one. */
import { env } from "cloudflare:workers";

/** What becomes of one batch: it is sent by `send`, or not. */
export type SendFault = (send: () => Promise<unknown>) => Promise<unknown>;

/** Takes it and forgets it. */
export const forgets: SendFault = () => Promise.resolve();
/** Sends it twice. */
export const doubles: SendFault = async (send) => {
  await send();
  await send();
};

/** A queue whose `n`-th batch (from 1) meets a fault. */
export class FaultyQueue {
  batches = 0;
  readonly #fault: (n: number) => SendFault | undefined;

  constructor(fault: (n: number) => SendFault | undefined = () => undefined) {
    this.#fault = fault;
  }

  /** What senders call of a queue, and no more. */
  get binding(): object {
    return {
      sendBatch: (messages: readonly MessageSendRequest[]) => {
        const send = (): Promise<unknown> => env.JOBS.sendBatch(messages);
        const fault = this.#fault(++this.batches);
        return fault ? fault(send) : send();
      },
    };
  }
}
