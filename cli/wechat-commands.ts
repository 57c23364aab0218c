/** Every command of `npm run wechat`, in the order of its help. */
import { CALL_COMMAND } from "./wechat-call.ts";
import { CALLBACK_COMMANDS } from "./wechat-callback.ts";
import type { Command } from "./wechat-command.ts";
import { DEAD_LETTER_COMMANDS } from "./wechat-dead-letters.ts";
import { MEDIA_COMMAND } from "./wechat-media.ts";
import { MENU_COMMANDS } from "./wechat-menu.ts";
import { QR_COMMAND } from "./wechat-qr.ts";
import { QUOTA_COMMAND } from "./wechat-quota.ts";
import { SEND_COMMAND } from "./wechat-send.ts";
import { TOKEN_COMMANDS } from "./wechat-token.ts";
import { USER_COMMANDS } from "./wechat-user.ts";

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
