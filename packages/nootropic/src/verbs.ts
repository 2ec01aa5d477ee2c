import { attack } from './commands/attack.ts'
import { auditTail, auditVerify } from './commands/audit.ts'
import { deps } from './commands/deps.ts'
import { discard } from './commands/discard.ts'
import { doctor } from './commands/doctor.ts'
import { fingerprint } from './commands/fingerprint.ts'
import { incidentClose, incidentList, incidentReport } from './commands/incident.ts'
import { init } from './commands/init.ts'
import { keysCreate, keysImport, keysList, keysPublic } from './commands/keys.ts'
import { keysProtect, keysRotate } from './commands/keys-protect.ts'
import { keysExport, keysRecover } from './commands/keys-recovery.ts'
import { keysRemove, keysReplace, keysState } from './commands/keys-retire.ts'
import { list } from './commands/list.ts'
import { manifestCheck } from './commands/manifest-check.ts'
import { privacy } from './commands/privacy.ts'
import { register } from './commands/register.ts'
import { restore } from './commands/restore.ts'
import { robustness } from './commands/robustness.ts'
import { rollback } from './commands/rollback.ts'
import { rules } from './commands/rules.ts'
import { run } from './commands/run.ts'
import { sbom } from './commands/sbom.ts'
import { scan } from './commands/scan.ts'
import { seal } from './commands/seal.ts'
import { sign } from './commands/sign.ts'
import { tokenCreate, tokenList, tokenRevoke } from './commands/token.ts'
import { unseal } from './commands/unseal.ts'
import { verify } from './commands/verify.ts'
import { watermark } from './commands/watermark.ts'
import type { Verb } from './verb.ts'

/** Every verb, in the order of the help. */
export const verbs: readonly Verb[] = [
  init,
  manifestCheck,
  doctor,
  scan,
  rules,
  sign,
  verify,
  deps,
  sbom,
  attack,
  robustness,
  privacy,
  seal,
  unseal,
  restore,
  discard,
  register,
  list,
  run,
  rollback,
  keysList,
  keysCreate,
  keysImport,
  keysPublic,
  keysReplace,
  keysState,
  keysRemove,
  keysRotate,
  keysProtect,
  keysExport,
  keysRecover,
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
