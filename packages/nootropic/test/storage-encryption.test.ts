import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Nootropic, openNootropic } from '../src/index.ts'

// Every value of a ModelStorageEncryption manifest, by what it does.

const digits = fileURLToPath(new URL('../../../examples/guard-a-model/models/digits', import.meta.url))

let folder: string
let nootropic: Nootropic | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nootropic-storage-'))
})
afterEach(async () => {
  await nootropic?.close()
  nootropic = undefined
  rmSync(folder, { recursive: true })
})

const manifest = (kind: string, spec: unknown) =>
  JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: kind.toLowerCase() }, spec })

interface Settings {
  readonly algorithm?: string
  readonly keyManagement?: Readonly<Record<string, string>>
  readonly storage?: Readonly<Record<string, string>>
}

// Isolation is runtime's to test, and behaviour is validation's; here every host will do.
const open = async ({ algorithm = 'aes-256-gcm', keyManagement, storage }: Settings = {}): Promise<Nootropic> => {
  await nootropic?.close()
  nootropic = undefined
  const behaviour = ['inputValidation', 'outputStability', 'resourceUsage', 'performanceProfiling']
  const behavioralAnalysis = Object.fromEntries(behaviour.map((name) => [name, false]))
  const spec = {
    algorithm,
    keyManagement: { type: 'local', storage: '~/.nootropic/keys', ...keyManagement },
    storage: { type: 'local', path: '~/.nootropic/models', backup: 'disabled', ...storage },
  }
  const manifests = join(folder, 'manifests')
  mkdirSync(manifests, { recursive: true })
  writeFileSync(join(manifests, 'storage.yaml'), manifest('ModelStorageEncryption', spec))
  const policy = { validation: { securityChecks: { behavioralAnalysis } } }
  writeFileSync(join(manifests, 'policy.yaml'), manifest('ModelSecurityPolicy', policy))
  nootropic = await openNootropic({
    home: join(folder, 'home'),
    manifests,
    isolation: 'none',
    alertIntervalSeconds: 0,
  })
  return nootropic
}

const register = (installation: Nootropic, version = '1.0.0', model = digits) =>
  installation.register(model, { name: 'digits', version, acceptIncomplete: true })

const models = (...parts: string[]) => join(folder, 'home/models', ...parts)
const snapshots = (...parts: string[]) => join(folder, 'home/snapshots/models', ...parts)

const auditLines = async ({ audit }: Nootropic): Promise<string[]> => {
  const lines: string[] = []
  for await (const { action, outcome } of audit.entries()) lines.push(`${action} ${outcome}`)
  return lines
}

test('models are sealed as FLOE with AES-256-GCM, and another algorithm is refused', async () => {
  await register(await open({ algorithm: 'aes-256-gcm' }))
  for (const name of ['index', 'file-0']) {
    // AEAD 0, KDF 0: AES-256-GCM and HKDF-Expand-SHA-384.
    expect([...readFileSync(models('digits/1.0.0', name)).subarray(0, 2)]).toEqual([0, 0])
  }
  await expect(open({ algorithm: 'aes-128-gcm' })).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
})

test('keys and models are kept where the manifest says, on this host; another type of either is refused', async () => {
  const [keys, sealed] = [join(folder, 'elsewhere/keys'), join(folder, 'elsewhere/models')]
  await register(
    await open({ keyManagement: { type: 'local', storage: keys }, storage: { type: 'local', path: sealed } }),
  )
  expect(readdirSync(join(folder, 'elsewhere')).sort()).toEqual(['keys', 'models'])
  expect(readdirSync(keys)).not.toEqual([])
  expect(readdirSync(join(sealed, 'digits'))).toEqual(['1.0.0'])
  expect(readdirSync(join(folder, 'home')).sort()).not.toEqual(expect.arrayContaining(['models']))
  expect(existsSync(join(folder, 'home/keys'))).toBe(false)
  for (const settings of [
    { keyManagement: { type: 'kms' } },
    { storage: { type: 's3' } },
    { storage: { backup: 'no' } },
  ]) {
    await expect(open(settings)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
  }
})

test('backup: disabled takes none', async () => {
  await register(await open({ storage: { backup: 'disabled' } }))
  expect(existsSync(join(folder, 'home/snapshots'))).toBe(false)
})

test('backup: enabled has a sealed copy of whatever is registered, which brings a lost model back', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const { ref } = await register(installation)
  for (const name of readdirSync(models('digits/1.0.0'))) {
    expect(readFileSync(snapshots('digits/1.0.0', name))).toEqual(readFileSync(models('digits/1.0.0', name)))
    expect(statSync(snapshots('digits/1.0.0', name)).mode & 0o777).toBe(0o600)
  }
  expect(readdirSync(snapshots('digits/1.0.0')).length).toBeGreaterThan(2)
  expect(statSync(join(folder, 'home/snapshots')).mode & 0o777).toBe(0o700)

  rmSync(models('digits'), { recursive: true })
  expect(await installation.sealed.list()).toEqual([
    { name: 'digits', version: '1.0.0', isRegistered: true, problem: expect.stringContaining('nootropic restore') },
  ])
  expect(await installation.sealed.restore(ref)).toEqual({ ref, found: 'nothing' })
  expect(await installation.verify(ref)).toBe('pass')
  expect((await auditLines(installation)).slice(-2)).toEqual(['restore allowed', 'restore succeeded'])
})

test('an update is backed up as well, and registering again makes a backup that is not there', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  await register(installation)
  await installation.update(digits, { name: 'digits', version: '1.1.0', acceptIncomplete: true })
  expect(readdirSync(snapshots('digits')).sort()).toEqual(['1.0.0', '1.1.0'])
  rmSync(snapshots(), { recursive: true })
  await register(installation, '1.1.0')
  expect(readdirSync(snapshots('digits'))).toEqual(['1.1.0'])
})

test('what cannot be backed up is not registered, and says so; once it can, the same call registers it', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  mkdirSync(snapshots(), { recursive: true })
  chmodSync(snapshots(), 0o755)
  await expect(register(installation)).rejects.toThrow(/snapshots\/models to be private .* chmod 700/)
  expect(await installation.list()).toEqual([])
  expect(await installation.sealed.list()).toMatchObject([{ name: 'digits', isRegistered: false }])
  expect((await auditLines(installation)).slice(-2)).toEqual(['register allowed', 'register failed'])
  chmodSync(snapshots(), 0o700)
  const { ref } = await register(installation)
  expect(await installation.verify(ref)).toBe('pass')
  expect(readdirSync(snapshots('digits'))).toEqual(['1.0.0'])
})

test('other bytes in the place of a lost model touch neither its registration nor its backup', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const { ref } = await register(installation)
  rmSync(models('digits'), { recursive: true })
  const other = join(folder, 'other')
  cpSync(digits, other, { recursive: true })
  writeFileSync(join(other, 'README.md'), `${readFileSync(join(other, 'README.md'), 'utf8')}\n`)
  await expect(register(installation, '1.0.0', other)).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  expect(readdirSync(models('digits'))).toEqual([])

  const model = { name: 'digits', version: '1.0.0' }
  await installation.sealed.seal(other, model)
  expect((await installation.sealed.list()).map(({ isRegistered }) => isRegistered)).toEqual([false, true])
  await expect(installation.sealed.restore(model)).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  await installation.sealed.discard(model)
  expect(await installation.sealed.restore(model)).toEqual({ ref, found: 'nothing' })
  expect(await installation.verify(ref)).toBe('pass')
})

test('a registered model cannot be discarded, damaged or not; one that is not goes with its key', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const { ref } = await register(installation)
  const refused = expect.objectContaining({ code: 'MODEL_EXISTS', message: expect.stringContaining('not registered') })
  await expect(installation.sealed.discard(ref)).rejects.toEqual(refused)
  renameSync(models('digits/1.0.0/file-0'), models('digits/1.0.0/file-9'))
  await expect(installation.sealed.discard(ref)).rejects.toEqual(refused)
  rmSync(models('digits'), { recursive: true })
  await expect(installation.sealed.discard(ref)).rejects.toEqual(refused)

  const idle = await installation.sealed.seal(digits, { name: 'idle', version: '1.0.0' })
  const sealedKeys = async () => (await installation.keyStore.list()).filter(({ id }) => id === 'idle 1.0.0').length
  expect(await sealedKeys()).toBe(1)
  await installation.sealed.discard(idle)
  expect(await sealedKeys()).toBe(0)
  expect(readdirSync(models('idle'))).toEqual([])
  expect((await auditLines(installation)).slice(-2)).toEqual(['discard allowed', 'discard succeeded'])
  await expect(installation.sealed.discard(idle)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  expect((await auditLines(installation)).slice(-1)).toEqual(['discard failed'])
})

test('a model that is being registered is not discarded, nor is a backup of it', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const version = { name: 'digits', version: '1.0.0' }
  // Its backup stands there before the registry knows of it.
  const registered = register(installation)
  await vi.waitFor(() => expect(existsSync(snapshots('digits/1.0.0'))).toBe(true), { timeout: 10_000, interval: 1 })
  const discarded = installation.sealed.discard(version)
  await expect(discarded).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  const { ref } = await registered
  expect(await installation.verify(ref)).toBe('pass')
  expect(await installation.sealed.restore(version)).toEqual({ ref, found: 'intact' })
})

test('what fails while a model is sealed is on record, and what was sealed before stays', async () => {
  const installation = await open()
  await installation.sealed.seal(join(folder, 'manifests'), { name: 'digits', version: '1.0.0' })
  await expect(register(installation)).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
  expect((await auditLines(installation)).slice(-2)).toEqual(['register allowed', 'register failed'])
  expect(await installation.sealed.list()).toMatchObject([{ name: 'digits', version: '1.0.0', isRegistered: false }])
})

test('a registration that is refused at its end takes away what it sealed, and nothing that was sealed before', async () => {
  const installation = await open()
  await installation.sealed.seal(digits, { name: 'digits', version: '1.0.0' })
  await register(installation, '2.0.0')
  for (const version of ['1.0.0', '1.5.0']) {
    await expect(register(installation, version)).rejects.toMatchObject({ code: 'MODEL_EXISTS' })
    expect((await auditLines(installation)).slice(-2)).toEqual(['register allowed', 'register failed'])
  }
  expect(readdirSync(models('digits')).sort()).toEqual(['1.0.0', '2.0.0'])
})

test('a name that is none is refused before anything is on record', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const before = await auditLines(installation)
  for (const model of [
    { name: '../digits', version: '1.0.0' },
    { name: 'digits', version: 'one' },
  ]) {
    const { restore, discard, seal } = installation.sealed
    for (const work of [restore, discard, (named: typeof model) => seal(digits, named)])
      await expect(work(model)).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect(await auditLines(installation)).toEqual(before)
})

test('what is done to sealed models is on record before, or not done', async () => {
  const installation = await open({ storage: { backup: 'enabled' } })
  const { ref } = await register(installation)
  const idle = await installation.sealed.seal(digits, { name: 'idle', version: '1.0.0' })
  writeFileSync(models('digits/1.0.0/index'), 'x')
  await installation.audit.close()
  const refused = { code: 'AUDIT_UNAVAILABLE' }
  await expect(installation.sealed.restore(ref)).rejects.toMatchObject(refused)
  await expect(installation.sealed.discard(idle)).rejects.toMatchObject(refused)
  await expect(installation.sealed.unseal(idle, join(folder, 'clear'))).rejects.toMatchObject(refused)
  expect(readFileSync(models('digits/1.0.0/index'), 'utf8')).toBe('x')
  expect(readdirSync(models('idle'))).toEqual(['1.0.0'])
  expect(existsSync(join(folder, 'clear'))).toBe(false)
})
