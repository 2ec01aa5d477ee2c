import { replaceAuditLog } from '../audit/replace-audit-log.ts'
import type { Verb } from '../verb.ts'
import { homeOptions, namedHome } from './installation.ts'
import { withPassphrase } from './keys-passphrase.ts'

export const auditReplace: Verb = {
  name: 'audit replace',
  operands: '',
  summary: 'begin another audit log where this one cannot be used any more; its files are kept',
  options: homeOptions,
  async run(invocation, streams) {
    const { found, keptIn, checkpoint, verifierKey } = await withPassphrase(invocation, streams, (unlock) =>
      replaceAuditLog({ ...unlock, ...namedHome(invocation, streams) }),
    )
    const kept = keptIn === undefined ? 'nothing was left of it' : `its files are kept in ${keptIn}`
    return {
      exit: 0,
      document: { found, keptIn: keptIn ?? null, checkpoint: checkpoint ?? null, verifierKey },
      text: `${found}\n${kept}\nanother was begun; keep elsewhere: ${verifierKey}\n`,
    }
  },
}
