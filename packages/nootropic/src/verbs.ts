import { auditTail, auditVerify } from './commands/audit.ts'
import { init } from './commands/init.ts'
import { list } from './commands/list.ts'
import { manifestCheck } from './commands/manifest-check.ts'
import { register } from './commands/register.ts'
import { scan } from './commands/scan.ts'
import { tokenCreate, tokenList, tokenRevoke } from './commands/token.ts'
import type { Verb } from './verb.ts'

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
  init,
  manifestCheck,
  scan,
  register,
  list,
  tokenCreate,
  tokenList,
  tokenRevoke,
  auditTail,
  auditVerify,
]
