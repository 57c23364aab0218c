/** What one callback request is handled with. */
import type { AccountRegistry } from "../accounts/registry.ts";
import type { RefusalRecorder } from "../accounts/refusal-recorder.ts";
import type { ApiClients } from "../api/clients.ts";
import type { Settings } from "../config.ts";
import type { Dispatch } from "../framework/ports.ts";
import type { RandomSource, RequestIds } from "../telemetry/ids.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { ReplayGuard } from "./replay.ts";

/** The request, its ids and log, and the parts of the Worker that its way leads through. */
export interface Scope {
  readonly request: Request;
  /** Id of the account that the path names. */
  readonly accountId: string;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly arrived: number;
  readonly ids: RequestIds;
  readonly log: Logger;
  readonly env: Cloudflare.Env;
  readonly settings: Settings;
  readonly accounts: AccountRegistry;
  readonly apis: ApiClients;
  readonly replays: ReplayGuard;
  readonly refusals: RefusalRecorder;
  readonly dispatch: Dispatch;
  readonly clock: () => number;
  readonly random: RandomSource;
  waitUntil(work: Promise<unknown>): void;
  /** Waits until a time, in milliseconds since the epoch. */
  sleepUntil(time: number): Promise<void>;
}
