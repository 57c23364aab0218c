/** The Worker's `queue` handler as a platform calls it that dies, repeats itself, and mixes things up. */
import { CONSUMER_ODDS, type Plan } from "./plan.ts";

/** The handler under test. */
export type QueueHandler = (batch: MessageBatch) => Promise<void>;

/** Calls the handler for a batch, or what a fault makes of that. The queue delivers again what is not acknowledged. */
export async function consumeFaultily(
  batch: MessageBatch,
  plan: Plan,
  realSeconds: (simulated: number) => number,
  handle: QueueHandler,
): Promise<void> {
  const fault = plan.next(CONSUMER_ODDS, `consumer ${batch.queue}`);
  const messages = batch.messages.map((message) => withRealDelay(message, realSeconds));
  const half = Math.ceil(((fault?.amount ?? 0) * messages.length) / 2);
  switch (fault?.kind) {
    case "consumer-throws":
      throw new Error("the consumer died before it began");
    case "consumer-dies-between":
      await handle(batchOf(batch, messages.slice(0, half)));
      throw new Error("the consumer died between two messages");
    case "consumer-dies-before-ack":
      await handle(
        batchOf(
          batch,
          messages.map((message) => unheard(message)),
        ),
      );
      throw new Error("the consumer died before it could acknowledge");
    case "batch-twice":
      await handle(
        batchOf(
          batch,
          messages.map((message) => unheard(message)),
        ),
      );
      return handle(batchOf(batch, messages));
    case "batch-twice-at-once":
      await Promise.all([
        handle(batchOf(batch, messages)),
        handle(
          batchOf(
            batch,
            messages.map((message) => unheard(message)),
          ),
        ),
      ]);
      return;
    case "reorder":
      return handle(batchOf(batch, messages.toReversed()));
    default:
      return handle(batchOf(batch, messages));
  }
}

function batchOf({ queue, metadata }: MessageBatch, messages: readonly Message[]): MessageBatch {
  return {
    queue,
    metadata,
    messages,
    ackAll: () => messages.forEach((message) => message.ack()),
    retryAll: (options) => messages.forEach((message) => message.retry(options)),
  };
}

function withRealDelay(message: Message, realSeconds: (simulated: number) => number): Message {
  const { id, timestamp, body, attempts } = message;
  return {
    id,
    timestamp,
    body,
    attempts,
    ack: () => message.ack(),
    retry: ({ delaySeconds } = {}) =>
      message.retry(delaySeconds === undefined ? {} : { delaySeconds: realSeconds(delaySeconds) }),
  };
}

/** What becomes of it, the queue does not hear. */
function unheard({ id, timestamp, body, attempts }: Message): Message {
  return { id, timestamp, body, attempts, ack: () => {}, retry: () => {} };
}
