/** `npm run wechat`: looks after an account from the command line. */
import { Console } from "node:console";
import { runWechat } from "./wechat/run.ts";

const { stdout, stderr } = process;
// The log is for people, and what is printed may go into a pipe.
globalThis.console = new Console(stderr, stderr);
process.exitCode = await runWechat(process.argv.slice(2), {
  environment: process.env,
  cwd: process.cwd(),
  stdout,
  stderr,
});
