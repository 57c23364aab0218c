/** The Worker's process, where whoever runs it lets the simulator kill it. */
import type { Fetch } from "./attempt.ts";
import { Impossible } from "./impossible.ts";

/** Kills the Worker without a warning and starts it again; resolves when it answers. */
export type KillWorker = () => Promise<void>;

/** Whether the Worker is there, and the way to make it go. */
export class WorkerControl {
  readonly #kill: KillWorker | undefined;
  readonly #changed: () => void;
  #isDown = false;
  #kills = 0;

  /** @param changed called when the Worker goes and when it is back */
  constructor(kill: KillWorker | undefined, changed: () => void) {
    this.#kill = kill;
    this.#changed = changed;
  }

  get canKill(): boolean {
    return this.#kill !== undefined;
  }

  /** Whether it was killed and is not back yet. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /**
   * Kills it; resolves when it is back.
   *
   * @returns `false` where nobody can
   * @throws {Impossible} when it is down already
   */
  async kill(): Promise<boolean> {
    if (this.#kill === undefined) return false;
    if (this.#isDown) throw new Impossible("the Worker is down already", "Worker 已经结束，还没有恢复", 409);
    this.#kills++;
    this.#isDown = true;
    this.#changed();
    try {
      await this.#kill();
    } finally {
      this.#isDown = false;
      this.#changed();
    }
    return true;
  }

  /**
   * Sends requests such that a killed Worker is one that does not answer. What WeChat does about a connection that
   * breaks is not documented, what it does when no answer comes is: it asks again.
   */
  sendingBy(fetching: Fetch): Fetch {
    return async (request) => {
      const killsBefore = this.#kills;
      try {
        return await fetching(request);
      } catch (error) {
        if (!this.#isDown && this.#kills === killsBefore) throw error;
        return untilCut(request.signal);
      }
    };
  }
}

function untilCut(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(new DOMException("no answer came", "AbortError"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
