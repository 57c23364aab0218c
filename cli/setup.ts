/** `npm run setup`: asks for an account, writes it down, and deploys the Worker. */
import { runSetup } from "./setup/run.ts";

const { env: environment, stdin, stdout, stderr } = process;
process.exitCode = await runSetup(process.argv.slice(2), {
  environment,
  cwd: process.cwd(),
  stdin,
  stdout,
  stderr,
});
