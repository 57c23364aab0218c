/** Structured logs: one JSON object a line, for Workers Logs to index. */

const LEVELS = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;

/** `LOG_LEVEL`: lines below it are not written. */
export type LogLevel = keyof typeof LEVELS;

/** Whether `name` is a level. */
export function isLogLevel(name: string): name is LogLevel {
  return Object.hasOwn(LEVELS, name);
}

/** Fields of a line, in snake_case. Never a secret, a signature or message content. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What log lines are made with. */
export interface LogSettings {
  readonly level: LogLevel;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Writes log lines that all carry the ids of one request. */
export class Logger {
  readonly #settings: LogSettings;
  readonly #ids: { readonly requestId: string; readonly spanId: string };

  constructor(settings: LogSettings, ids: { readonly requestId: string; readonly spanId: string }) {
    this.#settings = settings;
    this.#ids = ids;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#write("error", message, fields);
  }

  #write(level: Exclude<LogLevel, "silent">, message: string, fields?: LogFields): void {
    const { level: lowest, clock } = this.#settings;
    if (LEVELS[level] < LEVELS[lowest]) return;
    const { requestId, spanId } = this.#ids;
    // Written by hand, for every push writes a line: the ids and the level are known not to need escaping.
    const head = `{"timestamp":"${isoTime(clock())}","level":"${level}","request_id":"${requestId}","span_id":"${spanId}"`;
    const rest = fields === undefined ? "}" : `,${stringify(fields).slice(1)}`;
    toConsole(level, `${head},"message":${JSON.stringify(message)}${rest === ",}" ? "}" : rest}`);
  }
}

let lastTime = { ms: Number.NaN, text: "" };

function isoTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

function toConsole(level: LogLevel, line: string): void {
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}

/** A field that JSON cannot carry costs that field's value, never the line. */
function stringify(fields: LogFields): string {
  try {
    return JSON.stringify(fields);
  } catch {
    return JSON.stringify(
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
    );
  }
}

/** An error as log fields: its name, code, message and cause, without the stack. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error === "string" ? error : typeof error };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const hint = "hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {};
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {};
  return { error: `${error.name}: ${error.message}`, ...code, ...hint, ...cause };
}
