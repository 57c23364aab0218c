/** CPU time of processes, their place on the cores and their open objects, as Linux tells it. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const NS_PER_US = 1000;
/** Namespaces have a database each as well, which stays open. */
const DATABASE_OF_AN_OBJECT = /\/[0-9a-f]{64}\.sqlite$/;

/** CPU time (user and system) that all living threads of a process have had, in µs. */
export function cpuTimeUs(pid: number): number {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
    } catch {
      // The thread ended since the directory was read.
    }
  }
  return ns / NS_PER_US;
}

/** How many objects of a workerd are awake: each keeps its database open. */
export function openDatabases(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((descriptor) => {
    try {
      return DATABASE_OF_AN_OBJECT.test(readlinkSync(`${directory}/${descriptor}`));
    } catch {
      return false; // It was closed since the directory was read.
    }
  }).length;
}

/** The cores this process may use; read it before anything is pinned. Empty where `taskset` is missing. */
export function usableCores(): number[] {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
  } catch {
    return [];
  }
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/**
 * Puts a server on one core and this process, the driver, on the next, and swaps them every round: so a slower core
 * hits all servers alike. Does nothing where there is only one core.
 */
export function pinApart(server: number, cores: readonly number[], round: number): void {
  if (cores.length < 2) return;
  pin(server, cores[round % cores.length] ?? 0);
  pin(process.pid, cores[(round + 1) % cores.length] ?? 0);
}

function pin(pid: number, core: number): void {
  try {
    execFileSync("taskset", ["-acp", String(core), String(pid)], { stdio: "ignore" });
  } catch {
    // It fails when a thread ends while it goes through them; the others are pinned all the same.
  }
}
