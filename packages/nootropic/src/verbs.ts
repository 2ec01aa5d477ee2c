import { auditTail, auditVerify } from './commands/audit.ts'
import { deps } from './commands/deps.ts'
import { fingerprint } from './commands/fingerprint.ts'
import { incidentClose, incidentList, incidentReport } from './commands/incident.ts'
import { init } from './commands/init.ts'
import { list } from './commands/list.ts'
import { manifestCheck } from './commands/manifest-check.ts'
import { register } from './commands/register.ts'
import { rollback } from './commands/rollback.ts'
import { rules } from './commands/rules.ts'
import { run } from './commands/run.ts'
import { scan } from './commands/scan.ts'
import { tokenCreate, tokenList, tokenRevoke } from './commands/token.ts'
import { watermark } from './commands/watermark.ts'
import type { Verb } from './verb.ts'

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
  init,
  manifestCheck,
  scan,
  rules,
  deps,
  register,
  list,
  run,
  rollback,
  tokenCreate,
  tokenList,
  tokenRevoke,
  auditTail,
  auditVerify,
  incidentList,
  incidentReport,
  incidentClose,
  watermark,
  fingerprint,
]
