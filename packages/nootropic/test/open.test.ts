import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tensor } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mayExecute, type Nootropic, openNootropic } from '../src/index.ts'

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))
const manifests = fileURLToPath(new URL('../../../examples/guard-a-model/security/models', import.meta.url))

let folder: string
let nootropic: Nootropic

// Isolation is runtime's to test; here every host will do.
const open = (settings = manifests): Promise<Nootropic> =>
  openNootropic({
    home: join(folder, 'home'),
    manifests: settings,
    isolation: 'none',
    rules: [mayExecute('digit-reader', 'digits')],
    alertIntervalSeconds: 0,
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nootropic-open-'))
  nootropic = await open()
})
afterEach(async () => {
  await nootropic.close()
  await rm(folder, { recursive: true })
})

// Without a dataset robustness is measured on made-up inputs, which judges nothing: that part is accepted as incomplete.
const register = (version: string) => nootropic.register(digits, { name: 'digits', version, acceptIncomplete: true })

const image = (): Record<string, Tensor> => ({
  image: { type: 'float32', dims: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) },
})

const keyFor = async (role: string): Promise<string> => {
  const subject = { type: 'user', id: 'ada' }
  const { secret } = await nootropic.keys.create({ subject, roles: [role], expiresAt: new Date(Date.now() + 60_000) })
  return secret
}

const auditLines = async (): Promise<string[]> => {
  const lines: string[] = []
  for await (const { action, outcome } of nootropic.audit.entries()) lines.push(`${action} ${outcome}`)
  return lines
}

test('a registered model is marked, sealed, served, and all of it survives a restart', async () => {
  const { ref, claim } = await register('1.0.0')
  expect(claim?.record.owner).toBe('The nootropic authors')
  const credential = await keyFor('digit-reader')
  const before = await nootropic.execute({ model: 'digits', inputs: image(), credential })
  await nootropic.close()
  nootropic = await open()
  const after = await nootropic.execute({ model: 'digits', inputs: image(), credential })
  expect(after.model).toEqual(ref)
  expect(after.outputs).toEqual(before.outputs)
  expect(await nootropic.verify(ref)).toBe('pass')
  expect(await nootropic.extractWatermark(ref)).toMatchObject({ verdict: 'present' })
  expect(await auditLines()).toEqual([
    'register allowed',
    'activate allowed',
    'api-key.created succeeded',
    'execute succeeded',
    'execute succeeded',
  ])
})

test('a model that is not admitted leaves nothing but its audit record', async () => {
  const bare = join(folder, 'bare')
  await cp(digits, bare, { recursive: true })
  await rm(join(bare, 'README.md'))
  await expect(nootropic.register(bare, { name: 'digits', version: '1.0.0' })).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    details: { report: { verdict: 'fail' } },
  })
  expect(await nootropic.list()).toEqual([])
  expect(await readdir(join(folder, 'home/models'))).toEqual([])
  expect(await auditLines()).toEqual(['register denied'])
})

test('the same version with other bytes, and an older version, are refused and change nothing', async () => {
  const first = await register('1.1.0')
  await expect(register('1.0.0')).rejects.toMatchObject({
    code: 'MODEL_EXISTS',
  })
  expect(await nootropic.list()).toMatchObject([{ name: 'digits', versions: [first.ref], active: first.ref }])
  expect(await nootropic.verify(first.ref)).toBe('pass')
})

test('whoever has no grant is denied with a reason, and the denial is on record', async () => {
  await register('1.0.0')
  const execution = nootropic.execute({ model: 'digits', inputs: image(), credential: await keyFor('visitor') })
  await expect(execution).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('digit-reader'),
  })
  expect(await auditLines()).toContain('execute denied')
})

test('keys, models and records are for their owner alone', async () => {
  await register('1.0.0')
  for (const entry of await readdir(join(folder, 'home'), { recursive: true, withFileTypes: true })) {
    const { mode } = await stat(join(entry.parentPath, entry.name))
    expect((mode & 0o077).toString(8), entry.name).toBe('0')
  }
})

test('an audit log that was removed is noticed at the next opening', async () => {
  await register('1.0.0')
  await nootropic.close()
  await rm(join(folder, 'home/audit'), { recursive: true })
  await expect(open()).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  await rm(join(folder, 'home'), { recursive: true })
  nootropic = await open()
})

test('a wrong path, a wrong file and a wrong name each say what to do, and nothing is half-written', async () => {
  const text = join(folder, 'text.onnx')
  await writeFile(text, 'hello')
  await expect(nootropic.register(join(folder, 'none'), { name: 'x', version: '1.0.0' })).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
  await expect(nootropic.register(text, { name: 'x', version: '1.0.0' })).rejects.toMatchObject({
    code: 'MODEL_MALFORMED',
  })
  await expect(nootropic.register(digits, { name: '../x', version: '1.0.0' })).rejects.toMatchObject({ code: 'USAGE' })
  expect(await readdir(join(folder, 'home/models'))).toEqual([])
})

test('what could not be checked is not admitted unless it is accepted by name', async () => {
  await expect(nootropic.register(digits, { name: 'digits', version: '1.0.0' })).rejects.toMatchObject({
    code: 'MODEL_REFUSED',
    message: expect.stringContaining('robustness incomplete'),
    details: { report: { verdict: 'incomplete' } },
  })
})

test('an update does not bring back what was replaced', async () => {
  const first = await register('1.0.0')
  const update = (version: string) => nootropic.update(digits, { name: 'digits', version, acceptIncomplete: true })
  const second = await update('1.1.0')
  await expect(update('1.0.0')).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  expect(await nootropic.status('digits')).toMatchObject({ active: second.ref, versions: [first.ref, second.ref] })
})

test('a policy that switches isolation off has models run in this process, and each answer says so', async () => {
  await register('1.0.0')
  const credential = await keyFor('digit-reader')
  const ask = () => nootropic.execute({ model: 'digits', inputs: image(), credential })
  const isolated = await ask()
  expect(isolated.isolation).toBeDefined()
  expect(isolated.switchedOff).toEqual([])
  await nootropic.close()
  const policy = join(folder, 'policy.yaml')
  const spec = { execution: { execution: { isolation: false } } }
  const document = {
    apiVersion: 'security.nootropic.ai/v1',
    kind: 'ModelSecurityPolicy',
    metadata: { name: 'open' },
    spec,
  }
  await writeFile(policy, JSON.stringify(document))
  nootropic = await open(policy)
  const inProcess = await ask()
  expect(inProcess.isolation).toBeUndefined()
  expect(inProcess.switchedOff).toContain('execution.execution.isolation')
  expect(inProcess.switchedOff).toContain('runtime.isolation.networkIsolation')
  expect(inProcess.outputs).toEqual(isolated.outputs)
})
