/** The Worker's log as whoever runs the Worker hands it over: the lines about pushes, kept by push. In memory, bounded. */
import { type AnswerStory, type LogLine, storyOf, TELLING } from "./answer-story.ts";
import { Recent } from "./recent.ts";

const MAX_PUSHES = 1_000;
const MAX_LINES = 60;
const MAX_TEXT_CHARACTERS = 500;
/** Lines that tell that a push's deferred work has got on; how far, the Worker is asked. */
const ABOUT_JOBS: ReadonlySet<string> = new Set([
  "job_run",
  "job_attempt_failed",
  "job_given_up",
  "job_dropped",
  "job_lease_expired",
  "job_resumed",
]);
/** Fields that are kept. */
const FIELDS = [
  "account",
  "attempt",
  "cause",
  "duration_ms",
  "error",
  "message_key",
  "n",
  "outcome",
  "route",
  "runs",
];

/** What a line is about: how a push was answered, or the jobs that it ordered. */
export type LogTopic = "answer" | "jobs";

type Listener = (messageKey: string, about: LogTopic) => void;

/** The lines about one push. */
interface Kept {
  lines: readonly LogLine[];
  key: string | undefined;
}

/**
 * Collects the Worker's log for a simulator.
 *
 * @example
 * const workerLog = new WorkerLog();
 * const simulator = createSimulator({ accounts, workerLog });
 * worker.stdout.on("data", (text) => text.split("\n").forEach((line) => workerLog.take(line)));
 */
export class WorkerLog {
  /** By `message_key`, and until that is known by the request. */
  readonly #byKey = new Recent<Kept>(MAX_PUSHES);
  readonly #byRequest = new Recent<Kept>(MAX_PUSHES);
  readonly #listeners = new Set<Listener>();

  /** Takes one line of the Worker's output; what is no line of its log about a push is left alone. */
  take(text: string): void {
    const line = readLine(text);
    if (line === undefined) return;
    if (ABOUT_JOBS.has(line.name)) {
      const { key } = this.#kept(line.requestId);
      if (key !== undefined) this.#tell(key, "jobs");
      return;
    }
    const { message_key: key } = line.fields;
    const kept = typeof key === "string" ? this.#keptByKey(key, line.requestId) : this.#kept(line.requestId);
    kept.lines = [...kept.lines, line].slice(-MAX_LINES);
    this.#byRequest.keep(line.requestId, kept);
    if (kept.key === undefined) return;
    this.#tell(kept.key, "answer");
  }

  /** What the Worker said about a push of an account, by its `pushKey`. */
  storyOf(account: string, messageKey: string): AnswerStory {
    const lines = this.#byKey.get(messageKey)?.lines ?? [];
    const accounts = new Map(
      lines.flatMap(({ requestId, fields: { account: id } }) =>
        typeof id === "string" ? [[requestId, id] as const] : [],
      ),
    );
    // Not every line names the account, but another one of the same request may.
    return storyOf(lines.filter(({ requestId }) => (accounts.get(requestId) ?? account) === account));
  }

  /** Calls `listener` with the key of each push that something new is known of, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(key: string, about: LogTopic): void {
    for (const listener of this.#listeners) listener(key, about);
  }

  #kept(requestId: string): Kept {
    return this.#byRequest.get(requestId) ?? { lines: [], key: undefined };
  }

  /** Lines of a request whose push was not known yet belong to that push. */
  #keptByKey(key: string, requestId: string): Kept {
    const kept = this.#byKey.get(key) ?? { lines: [], key };
    const waiting = this.#kept(requestId);
    if (waiting.key === undefined) kept.lines = [...waiting.lines, ...kept.lines];
    this.#byKey.keep(key, kept);
    return kept;
  }
}

function readLine(text: string): LogLine | undefined {
  const fields = parsed(text);
  if (fields === undefined) return undefined;
  const [name, requestId, timestamp] = [fields["message"], fields["request_id"], fields["timestamp"]];
  if (typeof name !== "string" || typeof requestId !== "string" || typeof timestamp !== "string")
    return undefined;
  const at = Date.parse(timestamp);
  if (!(TELLING.has(name) || ABOUT_JOBS.has(name)) || Number.isNaN(at)) return undefined;
  const kept = FIELDS.flatMap((field) => {
    const value = fields[field];
    return value === undefined ? [] : [[field, cut(value)] as const];
  });
  return { name, at, requestId, fields: Object.fromEntries(kept) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function cut(value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, MAX_TEXT_CHARACTERS) : value;
}
