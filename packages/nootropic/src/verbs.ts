import { accessExplain } from './commands/access-explain.ts'
import { accessPublish } from './commands/access-publish.ts'
import { accessShow } from './commands/access-show.ts'
import { attack } from './commands/attack.ts'
import { auditTail } from './commands/audit.ts'
import { auditReplace } from './commands/audit-replace.ts'
import { auditExport, auditProve } from './commands/audit-share.ts'
import { auditVerify } from './commands/audit-verify.ts'
import { dataErase, dataExport, dataList, dataVerifyErasure } from './commands/data.ts'
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
import { sessionList, sessionRevoke } from './commands/session.ts'
import { sign } from './commands/sign.ts'
import { tokenCreate, tokenList, tokenRevoke, tokenRotate } from './commands/token.ts'
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
  tokenRotate,
  tokenRevoke,
  sessionList,
  sessionRevoke,
  accessShow,
  accessPublish,
  accessExplain,
  auditTail,
  auditVerify,
  auditProve,
  auditExport,
  auditReplace,
  dataList,
  dataExport,
  dataErase,
  dataVerifyErasure,
  incidentList,
  incidentReport,
  incidentClose,
  watermark,
  fingerprint,
]
