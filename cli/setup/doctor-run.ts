/** Runs `npm run doctor` against a Worker that has just been deployed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A new domain has its certificate within some minutes. */
const READY_TIMEOUT_MS = 180_000;
const REQUEST_TIMEOUT_MS = 10_000;
const POLL_MS = 2_000;

/** What the doctor runs with. */
export interface DoctorRun {
  /** The doctor's own file. */
  readonly file: string;
  readonly url: string;
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  /** How long the address may take until it answers at all. */
  readonly readyTimeoutMs?: number;
}

/**
 * Waits until the address answers, whatever it answers, and runs the doctor.
 *
 * @returns its exit code; `undefined` when there is no doctor
 */
export async function runDoctor(run: DoctorRun): Promise<number | null | undefined> {
  const { file, url, root, environment, write, readyTimeoutMs = READY_TIMEOUT_MS } = run;
  if (!existsSync(file)) return undefined;
  await untilAnswers(url, readyTimeoutMs, () => write(WAITING));
  const child = spawn(process.execPath, [file, "--url", url], {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", write);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

/** Three silent minutes look like a fault. */
const WAITING =
  "  no answer yet; a new domain may take some minutes … · 暂无应答，新域名可能需要几分钟，请稍候……\n";

async function untilAnswers(url: string, timeoutMs: number, onWait: () => void): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let isToldOf = false;
  do {
    try {
      const response = await fetch(url, {
        redirect: "manual",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await response.body?.cancel();
      return;
    } catch {
      if (!isToldOf) onWait();
      isToldOf = true;
      await sleep(Math.min(POLL_MS, timeoutMs));
    }
  } while (Date.now() < deadline);
}
