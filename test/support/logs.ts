/** Catches the Worker's log lines. */
import { vi } from "vitest";
import { Logger } from "../../src/telemetry/logger.ts";

/** One parsed line. */
export type LogLine = Record<string, unknown>;

class LogCatcher {
  #lines: LogLine[] = [];
  #expected = new Set<string>();

  start(): void {
    this.#lines = [];
    this.#expected = new Set();
    for (const method of ["log", "warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((line: unknown) => {
        this.#lines.push(JSON.parse(String(line)));
      });
    }
  }

  /** @returns the error lines nobody expected */
  stop(): LogLine[] {
    vi.restoreAllMocks();
    return this.#lines.filter(
      ({ level, message }) => level === "error" && !this.#expected.has(String(message)),
    );
  }

  /** Lines of this name so far. An error line asked for is an expected one. */
  named(message: string): LogLine[] {
    this.#expected.add(message);
    return this.#lines.filter((line) => line["message"] === message);
  }

  /** A logger that writes nothing. */
  readonly silent = new Logger({ level: "silent", clock: Date.now }, { requestId: "test", spanId: "test" });

  /** Everything that was written, as text. */
  get text(): string {
    return JSON.stringify(this.#lines);
  }
}

export const logs = new LogCatcher();
