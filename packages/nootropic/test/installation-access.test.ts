import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Quota } from '@nootropic/access/quotas'
import type { Tensor } from '@nootropic/core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { mayExecute, type Nootropic, type NootropicOptions, openNootropic } from '../src/index.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))
const ada = { type: 'user', id: 'ada' }

let folder: string
let nootropic: Nootropic

/** Opens the one installation of this file, with switches of the policy turned. */
const open = async (options: NootropicOptions = {}, access: object = {}): Promise<void> => {
  const policy = join(folder, 'policy.yaml')
  const head = { apiVersion: 'security.nootropic.ai/v1', kind: 'ModelSecurityPolicy', metadata: { name: 'access' } }
  // Isolation is runtime's to test; in this process models answer at once.
  await writeFile(policy, JSON.stringify({ ...head, spec: { access, execution: { execution: { isolation: false } } } }))
  nootropic = await openNootropic({
    home: join(folder, 'home'),
    manifests: policy,
    isolation: 'none',
    alertIntervalSeconds: 0,
    tidyEverySeconds: 0,
    ...options,
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-access-'))
  await open()
  // Nobody is named as a signer, and there is no data to test with: both are accepted as incomplete.
  await nootropic.register(digits, { name: 'digits', version: '1.0.0', acceptIncomplete: true })
  await nootropic.close()
})
afterEach(() => nootropic.close())
afterAll(() => rm(folder, { recursive: true }))

const inputs: Record<string, Tensor> = {
  image: { type: 'float32', dims: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) },
}
const ask = (credential: string) => nootropic.execute({ model: 'digits', inputs, credential })

const keyFor = async (role: string): Promise<string> => {
  const { secret } = await nootropic.keys.create({
    subject: ada,
    roles: [role],
    expiresAt: new Date(Date.now() + 60_000),
  })
  return secret
}

test('every switch of access that is off is named in each answer', async () => {
  await open(
    {},
    {
      authentication: { mfaForSensitiveOps: false },
      authorization: { usageQuotas: false },
      auditLogging: { accessLogs: false },
    },
  )
  const off = (await ask(await keyFor('caller'))).switchedOff.filter((path) => path.startsWith('access.'))
  expect(off).toEqual([
    'access.authentication.mfaForSensitiveOps',
    'access.authorization.usageQuotas',
    'access.auditLogging.accessLogs',
  ])
})

test('where no credential is asked for, rules for anybody let a caller without one in, and others do not', async () => {
  const anybody = { ...mayExecute('caller', 'digits'), principal: 'any' } as const
  await open({ rules: [anybody] })
  await expect(ask('')).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  await nootropic.close()
  await open({ rules: [anybody] }, { authentication: { apiKeyRequired: false } })
  expect((await ask('')).model.name).toBe('digits')
  await nootropic.close()
  await open({}, { authentication: { apiKeyRequired: false } })
  await expect(ask('')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('the quotas of config/access.yaml limit a caller across restarts, until the policy switches them off', async () => {
  await mkdir(join(folder, 'home/config'), { recursive: true, mode: 0o700 })
  const settings =
    'quotas:\n  - { id: per-day, measure: requests, kind: window, limit: 2, window: 1d, per: [subject] }\n'
  const file = join(folder, 'home/config/access.yaml')
  await writeFile(file, settings, { mode: 0o600 })
  await open()
  const credential = await keyFor('caller')
  await ask(credential)
  await ask(credential)
  await nootropic.close()
  await open()
  await expect(ask(credential)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { quota: 'per-day' } })
  await nootropic.close()
  await open({}, { authorization: { usageQuotas: false } })
  await expect(ask(credential)).resolves.toMatchObject({ model: { name: 'digits' } })
  await rm(file)
})

test('a sensitive operation waits for a second factor, and does not where the policy asks for none', async () => {
  const access = {
    sensitiveOperations: [{ actions: ['execute'], factors: ['totp'], freshForMs: 60_000 }],
  } satisfies NootropicOptions['access']
  await open({ access })
  const begin = async (factor?: 'totp'): Promise<string> =>
    (await nootropic.sessions.create({ subject: ada, roles: ['caller'], ...(factor === undefined ? {} : { factor }) }))
      .token
  await expect(ask(await begin())).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('needs totp proved'),
  })
  await expect(ask(await begin('totp'))).resolves.toMatchObject({ model: { name: 'digits' } })
  await nootropic.close()
  await open({ access }, { authentication: { mfaForSensitiveOps: false } })
  await expect(ask(await begin())).resolves.toMatchObject({ model: { name: 'digits' } })
})

test('roles that the host takes away are gone with the next request', async () => {
  let roles: string[] | undefined = ['caller']
  await open({ access: { rolesOf: async () => roles } })
  const credential = await keyFor('caller')
  await expect(ask(credential)).resolves.toMatchObject({ model: { name: 'digits' } })
  roles = []
  await expect(ask(credential)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  roles = undefined
  await expect(ask(credential)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
})

test('a rule with a condition is held against what the host knows of the circumstances', async () => {
  const nearby = {
    ...mayExecute('caller', 'digits'),
    conditions: [{ kind: 'network' as const, ranges: ['192.0.2.0/24'] }],
  }
  await open({ rules: [nearby] })
  const credential = await keyFor('caller')
  const from = (ip: string) => nootropic.execute({ model: 'digits', inputs, credential, context: { ip } })
  await expect(from('192.0.2.7')).resolves.toMatchObject({ model: { name: 'digits' } })
  await expect(from('203.0.113.7')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  await expect(ask(credential)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('rules that are published count from the next request on, and no longer when others are', async () => {
  await open()
  const credential = await keyFor('reader')
  await expect(ask(credential)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  const { version } = await nootropic.access.policy.publish({
    rules: [mayExecute('reader', 'digits')],
    expectedVersion: 0,
    author: 'user:grace',
  })
  await expect(ask(credential)).resolves.toMatchObject({ model: { name: 'digits' } })
  await nootropic.access.policy.publish({ rules: [], expectedVersion: version, author: 'user:grace' })
  await expect(ask(credential)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('a quota for a role limits whoever has it through a group that was published', async () => {
  const bob = { type: 'user', id: 'bob' }
  const quota: Quota = {
    id: 'analysts',
    measure: 'requests',
    kind: 'window',
    limit: 0,
    windowSeconds: 60,
    per: ['subject'],
    subject: { role: 'analyst' },
  }
  await open({ access: { quotas: [quota] } })
  const expiresAt = new Date(Date.now() + 60_000)
  const { secret } = await nootropic.keys.create({ subject: bob, roles: ['caller'], expiresAt })
  const { policy } = nootropic.access
  const { version } = await policy.read()
  const rules = [mayExecute('caller', 'digits')]
  await policy.publish({ rules, expectedVersion: version, author: 'user:ada' })
  await expect(ask(secret)).resolves.toMatchObject({ model: { name: 'digits' } })
  const directory = {
    roles: [{ name: 'senior', inherits: ['analyst'] }],
    groups: [{ name: 'desk', roles: ['senior'], members: [bob] }],
  }
  await policy.publish({ rules, directory, expectedVersion: version + 1, author: 'user:ada' })
  await expect(ask(secret)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { quota: 'analysts' } })
})
