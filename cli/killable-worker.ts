/**
 * The Worker of `npm start`: can be killed without a warning, and is started again with everything that it has stored.
 * Started again it is, too, when a change has kept it from loading, which ends wrangler: as soon as that may be mended.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isPortFree } from "./ports.ts";
import { startWorkerProcess, type WorkerOptions, type WorkerProcess } from "./worker-process.ts";

const PORT_POLL_MS = 50;
const PORT_TIMEOUT_MS = 5_000;

/** How a Worker is started, and what happens when it has ended by itself after it was up. */
export interface KillableOptions extends WorkerOptions {
  /** Resolves when it is worth another start. Unset: the end is the end. */
  readonly untilMended?: () => Promise<void>;
  /** Called when that other start has succeeded. */
  readonly onMended?: () => void;
}

/** One Worker, in one process after the other. */
export class KillableWorker {
  readonly #options: KillableOptions;
  readonly #gone = Promise.withResolvers<"ended">();
  #process: WorkerProcess;
  #isStopped = false;
  #wasReady = false;

  /** Starts it. */
  constructor(options: KillableOptions) {
    this.#options = options;
    this.#process = this.#started();
  }

  /** Whether it answers requests; `false` when it ended before. */
  get ready(): Promise<boolean> {
    return this.#process.ready;
  }

  /** Resolves when it has ended for good: not by `kill`, and not while it waits to be mended. */
  get ended(): Promise<"ended"> {
    return this.#gone.promise;
  }

  /** Kills all of its processes and starts it again; resolves when it answers. */
  async kill(): Promise<void> {
    const { port } = this.#options;
    await this.#process.kill();
    const deadline = Date.now() + PORT_TIMEOUT_MS;
    while (!(await isPortFree(port)) && Date.now() < deadline) await sleep(PORT_POLL_MS);
    if (this.#isStopped) return;
    this.#process = this.#started();
    await this.#process.ready;
  }

  /** Ends it for good; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#process.stop();
  }

  #started(): WorkerProcess {
    const process = startWorkerProcess(this.#options);
    void this.#watch(process);
    return process;
  }

  async #watch(process: WorkerProcess): Promise<void> {
    void process.ready.then((isReady) => (this.#wasReady ||= isReady));
    const cause = await process.ended;
    if (cause !== "ended") return;
    const { untilMended, onMended } = this.#options;
    if (this.#isStopped || untilMended === undefined || !this.#wasReady) {
      this.#gone.resolve(cause);
      return;
    }
    await untilMended();
    // Meanwhile it may have been stopped, or started again by `kill`.
    if (this.#isStopped || this.#process !== process) return;
    this.#process = this.#started();
    if (await this.#process.ready) onMended?.();
  }
}
