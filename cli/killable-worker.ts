/** The Worker of `npm start`: can be killed without a warning, and is started again with everything that it has stored. */
import { setTimeout as sleep } from "node:timers/promises";
import { isPortFree } from "./ports.ts";
import { startWorkerProcess, type WorkerOptions, type WorkerProcess } from "./worker-process.ts";

const PORT_POLL_MS = 50;
const PORT_TIMEOUT_MS = 5_000;

/** One Worker, in one process after the other. */
export class KillableWorker {
  readonly #options: WorkerOptions;
  readonly #gone = Promise.withResolvers<"ended">();
  #process: WorkerProcess;
  #isStopped = false;

  /** Starts it. */
  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#process = this.#started();
  }

  /** Whether it answers requests; `false` when it ended before. */
  get ready(): Promise<boolean> {
    return this.#process.ready;
  }

  /** Resolves when it has ended, but not by `kill`. */
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

  async #watch({ ended }: WorkerProcess): Promise<void> {
    const cause = await ended;
    if (cause === "ended") this.#gone.resolve(cause);
  }
}
