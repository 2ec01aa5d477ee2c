import { join } from 'node:path'
import { createAuthorizer, openApiKeys } from '@nootropic/access'
import { openAuditLog, type SignedAuditLog } from '@nootropic/access/audit'
import type { GateOptions, GuardedOperation } from '@nootropic/access/guard'
import { openQuotas, type Quota } from '@nootropic/access/quotas'
import { modelNameSchema, NootropicError } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { openDatabase } from '@nootropic/core/storage'
import { openDigits, type ReadDigit } from './digits.ts'

const day = 24 * 60 * 60 * 1000

/** Ten pictures at once and then one each second for everybody, and a minute of the processor each day. */
const defaultQuotas: readonly Quota[] = [
  { id: 'pictures', measure: 'requests', kind: 'rate', limit: 60, burst: 10, windowSeconds: 60, per: ['subject'] },
  { id: 'compute', measure: 'compute-seconds', kind: 'window', limit: 60, windowSeconds: 86_400, per: ['subject'] },
]

/** What every one of the three hosts needs: a guard's parts, and the model behind it. */
export interface Host {
  readonly gateOptions: GateOptions
  readonly readDigit: ReadDigit
  readonly log: SignedAuditLog
  /** Makes an API key. */
  createKey(user: string, role: string): Promise<string>
  close(): Promise<void>
}

/** What `POST /models/<name>` asks for. */
export const operationAt = (path: string): GuardedOperation => {
  const name = modelNameSchema.safeParse(/^\/models\/([^/?]+)$/.exec(path)?.[1])
  if (!name.success) throw new NootropicError('USAGE', 'expected the path /models/<name>, found another')
  return {
    action: { name: 'execute' },
    resource: { type: 'model', id: name.data },
    // At most; what it really took is settled when it has ended.
    cost: { 'compute-seconds': 1 },
  }
}

/** Opens keys, rules, quotas, the audit log and the model in a directory of its own. */
export const openHost = async (
  directory: string,
  { quotas = defaultQuotas, onError }: { quotas?: readonly Quota[]; onError: (error: unknown) => void },
): Promise<Host> => {
  const keyStore = await openKeyStore({ directory: join(directory, 'keys') })
  const database = await openDatabase(join(directory, 'state.db'))
  const keys = await openApiKeys({ database, pepper: await keyStore.secret('api-key-pepper') })
  const limits = await openQuotas({ database, quotas })
  const log = await openAuditLog({
    directory: join(directory, 'audit'),
    signingKey: await keyStore.signingKey('audit-checkpoint'),
    origin: 'guard-a-host.example/audit',
  })
  const authorizer = createAuthorizer([
    {
      id: 'readers-read-digits',
      effect: 'permit',
      principal: { role: 'reader' },
      actions: ['execute'],
      resource: { type: 'model', id: 'digits' },
    },
  ])
  const digits = await openDigits()
  return {
    gateOptions: {
      authenticator: keys,
      authorizer,
      quotas: limits,
      audit: (entry) => log.append(entry),
      onError,
    },
    readDigit: digits.readDigit,
    log,
    async createKey(user, role) {
      const subject = { type: 'user', id: user }
      const { secret } = await keys.create({ subject, roles: [role], expiresAt: new Date(Date.now() + day) })
      return secret
    },
    async close() {
      await digits.close()
      await log.close()
      limits.close()
      await database.close()
    },
  }
}
