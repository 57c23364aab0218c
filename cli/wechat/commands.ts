/** Every command of `npm run wechat`, in the order of its help. */
import { CALL_COMMAND } from "./call.ts";
import { CALLBACK_COMMANDS } from "./callback.ts";
import type { Command } from "./command.ts";
import { DEAD_LETTER_COMMANDS } from "./dead-letters.ts";
import { MEDIA_COMMAND } from "./media.ts";
import { MENU_COMMANDS } from "./menu.ts";
import { QR_COMMAND } from "./qr.ts";
import { QUOTA_COMMAND } from "./quota.ts";
import { SEND_COMMAND } from "./send.ts";
import { TOKEN_COMMANDS } from "./token.ts";
import { USER_COMMANDS } from "./user.ts";

export const COMMANDS: readonly Command[] = [
  ...TOKEN_COMMANDS,
  ...MENU_COMMANDS,
  ...CALLBACK_COMMANDS,
  QR_COMMAND,
  ...USER_COMMANDS,
  MEDIA_COMMAND,
  SEND_COMMAND,
  ...DEAD_LETTER_COMMANDS,
  QUOTA_COMMAND,
  CALL_COMMAND,
];
