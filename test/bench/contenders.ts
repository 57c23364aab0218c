// The servers that a run compares, in the order in which they take turns.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Unstable_Config } from "wrangler";
import { accountVars, MODES, type Mode } from "./account.ts";
import { judgeEcho, judgeEmpty, type Judge } from "./judge.ts";
import { PEERS, startPeer, type Peer } from "./peers.ts";
import type { Server } from "./server.ts";
import { withoutBindings, type Bundle } from "./worker.ts";
import { startWorkerd } from "./workerd.ts";

/** The two Workers by the names they have in the table. */
export const OURS = "wechat-edge";
export const EMPTY = "empty Worker";

/** One row of the table: a server in one mode. */
export interface Contender {
  name: typeof OURS | typeof EMPTY | Peer;
  mode: Mode;
}

/** What servers are started with. */
export interface Ground {
  ours: Bundle;
  empty: Bundle;
  config: Unstable_Config;
  /** The Node that runs the peers. */
  peerNode: string;
  /** A temporary folder, in which every server gets a fresh one. */
  directory: string;
}

/** Floor, Worker and peers in both modes: those whose "name mode" matches. */
export function selectContenders(only: RegExp): Contender[] {
  const all = MODES.flatMap((mode) =>
    ([EMPTY, OURS, ...PEERS] as const).map((name): Contender => ({ name, mode })),
  );
  return all.filter(({ name, mode }) => only.test(`${name} ${mode}`));
}

/** Starts one server. The floor has our runtime settings, so that only the code differs. */
export function startContender({ name, mode }: Contender, ground: Ground): Promise<Server> {
  const directory = mkdtempSync(join(ground.directory, "server-"));
  if (name !== OURS && name !== EMPTY) return startPeer(name, mode, ground.peerNode, directory);
  const worker =
    name === OURS
      ? { bundle: ground.ours, config: ground.config, vars: accountVars(mode) }
      : { bundle: ground.empty, config: withoutBindings(ground.config), vars: {} };
  return startWorkerd({ ...worker, mode, directory });
}

/** How this server's replies are verified. */
export function judgeOf({ name }: Contender): Judge {
  return name === EMPTY ? judgeEmpty : judgeEcho;
}
