/** The Node SDKs that the Worker is compared with: installed from their own lock, one process per mode. */
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { accountVars, CALLBACK_PATH, ECHO_PREFIX, type Mode } from "./account.ts";
import { startServer, type Server } from "./server.ts";
import { Unable } from "./unable.ts";

const DIRECTORY = join(import.meta.dirname, "peers");

/** Each is also the name of its file under `peers/`. */
export const PEERS = ["co-wechat", "co-wechat-rows", "wechat", "node-easywechat"] as const;
export type Peer = (typeof PEERS)[number];

/** A Node that runs peers, and its major version. */
export interface PeerNode {
  readonly executable: string;
  readonly major: number;
}

/** Installs the peers unless those of the lock are there. Needs the npm registry the first time; throws without. */
export function installPeers(): void {
  const installed = join(DIRECTORY, "node_modules/.package-lock.json");
  const lock = join(DIRECTORY, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  try {
    // They work without their install scripts, so none is run.
    execFileSync("npm", ["ci", "--ignore-scripts"], {
      cwd: DIRECTORY,
      stdio: ["ignore", "ignore", "inherit"],
    });
  } catch (cause) {
    throw new Unable(`The peers could not be installed; --only "^(empty|wechat-edge)" runs without them.`, {
      cause,
    });
  }
}

/** Starts one peer on the given Node; its log goes to the folder. */
export function startPeer(peer: Peer, mode: Mode, node: string, directory: string): Promise<Server> {
  return startServer({
    mode,
    command: node,
    args: [join(DIRECTORY, `${peer}.mjs`)],
    env: {
      ...accountVars(mode),
      CALLBACK_PATH,
      ECHO_PREFIX,
      NODE_ENV: "production",
      DATABASE: join(directory, "handled.sqlite"),
    },
    logFile: join(directory, "peer.log"),
    portDescriptor: 1,
    readPort: Number,
  });
}

/** The version that a Node executable reports, such as `v24.21.0`. */
export function nodeVersion(node: string): string {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
}

/** A Node with its major version. Throws when there is none at that path. */
export function peerNode(executable: string): PeerNode {
  try {
    return { executable, major: Number(/^v(\d+)/.exec(nodeVersion(executable))?.[1]) };
  } catch (cause) {
    throw new Unable(`${executable} is no Node: --peer-node names another one.`, { cause });
  }
}

/** The machine's own Node: the first on the path that no package brought. */
export function systemNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .filter((folder) => folder !== "" && !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .find((path) => existsSync(path) && realpathSync(path) !== realpathSync(process.execPath));
}
