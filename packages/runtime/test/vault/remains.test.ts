import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { NootropicError, systemRandom } from '@nootropic/core'
import { tryLock } from '@nootropic/core/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { code, createHome } from './home.ts'

let at: ReturnType<typeof createHome>
beforeEach(() => {
  at = createHome()
})
afterEach(() => at.remove())

const version = { name: 'digits', version: '1.0.0' }
const sealed = async () => {
  const vault = await at.open()
  return { vault, ref: await vault.sealFrom(at.write({ 'model.onnx': 'graph' }), version) }
}
const keyStates = async () => (await (await at.openKeys()).list()).map(({ state }) => state)

test('a copy of what was removed opens no more, also under a new seal of the same', async () => {
  const { vault, ref } = await sealed()
  cpSync(at.place(), join(at.home, 'copy'), { recursive: true })
  chmodSync(join(at.home, 'copy'), 0o700) // Node 22 does not keep the mode of a directory
  await vault.remove(ref)
  expect(await keyStates()).toEqual([])
  renameSync(join(at.home, 'copy'), at.place())
  await expect(vault.open(ref)).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
  expect(await vault.list()).toEqual([{ ...version, problem: code('SEALED_FILE_CORRUPT') }])
  await vault.remove(ref)
  await vault.sealFrom(join(at.home, 'clear'), version)
  expect((await vault.open(ref)).digest).toBe(ref.digest)
})

test('what dead processes left is removed when the vault is opened, with its keys', async () => {
  const { ref } = await sealed()
  const keys = await at.openKeys()
  const { keyId } = await keys.createDataKey({ purpose: 'vault', id: 'digits 2.0.0' })
  const seal = JSON.parse(readFileSync(at.place('seal.json'), 'utf8'))
  for (const name of ['.sealing-a', '.removed-b']) {
    mkdirSync(join(at.directory, name), { mode: 0o700 })
    const text = JSON.stringify({ ...seal, version: '2.0.0', keyId })
    writeFileSync(join(at.directory, name, 'seal.json'), text, { mode: 0o600 })
    writeFileSync(join(at.directory, name, 'file-0'), 'x', { mode: 0o600 })
  }
  mkdirSync(join(at.directory, '.sealing-empty'), { mode: 0o700 })
  const vault = await at.open()
  expect(at.names()).toEqual(['digits'])
  expect(await keyStates()).toEqual(['active'])
  expect((await vault.open(ref)).digest).toBe(ref.digest)
})

test('the work of a living process is left alone', async () => {
  const vault = await at.open()
  const source = at.write({ 'model.onnx': 'graph' })
  let seen: string[] = []
  const openings: Promise<unknown>[] = []
  const busy = await at.open({
    random: {
      uuid: () => systemRandom.uuid(),
      bytes: (length) => {
        // In the middle of the seal another vault is opened, which sweeps.
        seen = at.names()
        openings.push(at.open())
        return systemRandom.bytes(length)
      },
    },
  })
  const ref = await busy.sealFrom(source, version)
  await Promise.all(openings)
  expect(seen).toEqual([expect.stringMatching(/^\.sealing-/)])
  expect((await vault.open(ref)).digest).toBe(ref.digest)
})

test('a seal that was planted among the remains does not take the key of a model that is there', async () => {
  const { ref } = await sealed()
  for (const mode of [0o600, 0o644]) {
    mkdirSync(join(at.directory, '.removed-planted'), { mode: 0o700 })
    cpSync(at.place('seal.json'), join(at.directory, '.removed-planted', 'seal.json'))
    chmodSync(at.place('seal.json'), mode)
    const vault = await at.open()
    chmodSync(at.place('seal.json'), 0o600)
    expect(readdirSync(at.directory)).not.toContain('.removed-planted')
    expect((await vault.open(ref)).digest).toBe(ref.digest)
  }
})

test('a link among the remains is removed, and what it points to is left alone', async () => {
  await sealed()
  const victim = at.write({ file: 'of the host' }, 'victim')
  for (const name of ['.sealing-link', '.removed-link']) symlinkSync(victim, join(at.directory, name))
  await at.open()
  expect(at.names()).toEqual(['digits'])
  expect(readdirSync(victim)).toEqual(['file'])
})

test('what could not be removed keeps no vault from being opened, and is removed later', async () => {
  const { vault, ref } = await sealed()
  const locked = Object.assign(await at.openKeys(), {
    removeKey: () => Promise.reject(new NootropicError('KEY_UNAVAILABLE', 'expected the passphrase')),
  })
  const failing = await at.open({ keys: locked })
  await expect(failing.remove(ref)).rejects.toEqual(code('KEY_UNAVAILABLE'))
  expect(at.names().sort()).toEqual([expect.stringMatching(/^\.removed-/), 'digits'])
  expect(await (await at.open({ keys: locked })).list()).toEqual([])
  await expect(vault.open(ref)).rejects.toEqual(code('MODEL_NOT_FOUND'))
  await at.open()
  expect(at.names()).toEqual(['digits'])
  expect(await keyStates()).toEqual([])
})

/** A directory beside an export, as one that was cut off, with clear bytes in it. */
const leftOver = async (name: string, owner: 'dead' | 'living' | 'none' = 'dead'): Promise<void> => {
  const path = join(at.home, name)
  mkdirSync(path, { mode: 0o700 })
  mkdirSync(join(path, 'model'), { mode: 0o700 })
  writeFileSync(join(path, 'model', 'model.onnx'), 'clear bytes')
  if (owner === 'none') return
  await tryLock(path, 'owner')
  const lock = join(path, 'owner.1')
  const said = JSON.parse(readFileSync(lock, 'utf8')) as object
  // Linux gives no pid beyond 2^22.
  if (owner === 'dead') writeFileSync(lock, JSON.stringify({ ...said, pid: 2 ** 22 + 1 }))
}

test('an export that was cut off is removed by the next one to the same place', async () => {
  const { vault, ref } = await sealed()
  await leftOver(`.target.unsealing-${randomUUID()}`)
  await vault.export(ref, join(at.home, 'target'))
  expect(readdirSync(at.home).sort()).toEqual(['clear', 'keys', 'models', 'target'])
})

test('an export removes nothing beside it that another process, another user or somebody by hand has made', async () => {
  const { vault, ref } = await sealed()
  const name = () => `.target.unsealing-${randomUUID()}`
  const [living, byHand, open, link, file] = [name(), name(), name(), name(), name()]
  await leftOver(living, 'living')
  await leftOver(byHand, 'none')
  await leftOver(open)
  chmodSync(join(at.home, open), 0o755)
  await leftOver('.target.unsealing-mine')
  await leftOver(`.other.unsealing-${randomUUID()}`)
  symlinkSync(at.write({ 'owner.1': '' }, 'victim'), join(at.home, link))
  writeFileSync(join(at.home, file), '')
  const foreign: string[] = []
  if (process.geteuid?.() === 0) {
    const path = name()
    await leftOver(path)
    chownSync(join(at.home, path), 12_345, 12_345)
    foreign.push(path)
  }
  const before = readdirSync(at.home, { recursive: true }).sort()
  await vault.export(ref, join(at.home, 'target'))
  rmSync(join(at.home, 'target'), { recursive: true })
  const isLock = (path: string | Buffer) => /^models.lock/.test(String(path))
  expect(
    readdirSync(at.home, { recursive: true })
      .filter((path) => !isLock(path))
      .sort(),
  ).toEqual(before.filter((path) => !isLock(path)))
  expect(before).toEqual(expect.arrayContaining([living, byHand, open, link, file, ...foreign]))
})

test('what is sealed is listed although nobody registered it, and what does not open with its problem', async () => {
  const { vault, ref } = await sealed()
  const next = await vault.sealFrom(join(at.home, 'clear'), { ...version, version: '1.1.0' })
  expect(await vault.list()).toEqual([ref, next])
  writeFileSync(at.place('index'), 'x')
  expect(await vault.list()).toEqual([{ ...version, problem: code('SEALED_FILE_CORRUPT') }, next])
  await vault.remove(version)
  expect(await vault.list()).toEqual([next])
})

test('one bad entry hides no other, and is listed with its problem', async () => {
  const { vault, ref } = await sealed()
  const faces = await vault.sealFrom(join(at.home, 'clear'), { name: 'faces', version: '1.0.0' })
  const inVault = (...parts: string[]) => join(at.directory, ...parts)
  const bad: Readonly<Record<string, () => void>> = {
    'a-file': () => writeFileSync(inVault('a-file'), ''),
    'a-link': () => symlinkSync(inVault('faces'), inVault('a-link')),
    'a-broken-link': () => symlinkSync(inVault('nowhere'), inVault('a-broken-link')),
    'a-pipe': () => execFileSync('mkfifo', [inVault('a-pipe')]),
  }
  for (const make of Object.values(bad)) make()
  const problem = expect.objectContaining({
    code: 'FILE_UNREADABLE',
    message: expect.stringMatching(/^expected .* found a link or a file; move it away$/),
  })
  const unreadable = Object.keys(bad)
    .sort()
    .map((name) => ({ name, problem }))
  expect(await vault.list()).toEqual([...unreadable, ref, faces])

  chmodSync(inVault('digits'), 0o755)
  const open = { ...version, problem: expect.objectContaining({ message: expect.stringContaining('run: chmod 700') }) }
  expect(await vault.list()).toEqual([...unreadable, open, faces])
  chmodSync(inVault('digits'), 0o700)

  // Each on top of the one before.
  const damages: readonly [string, () => void][] = [
    ['FILE_UNREADABLE', () => chmodSync(at.place('seal.json'), 0o644)],
    ['SEALED_FILE_CORRUPT', () => rmSync(at.place('seal.json'))],
    ['FILE_UNREADABLE', () => mkdirSync(at.place('seal.json'))],
    ['FILE_UNREADABLE', () => chmodSync(at.place(), 0o750)],
  ]
  for (const [found, damage] of damages) {
    damage()
    expect(await vault.list()).toEqual([...unreadable, { ...version, problem: code(found) }, faces])
  }
  rmSync(at.place(), { recursive: true })
  writeFileSync(at.place(), '')
  expect(await vault.list()).toEqual([...unreadable, { ...version, problem: code('FILE_UNREADABLE') }, faces])
})

test('to find one version opens no other', async () => {
  const { vault, ref } = await sealed()
  await vault.sealFrom(join(at.home, 'clear'), { ...version, version: '1.1.0' })
  writeFileSync(join(at.directory, 'digits', '1.1.0', 'seal.json'), 'x')
  const keys = await at.openKeys()
  let opened = 0
  const counting = Object.assign(Object.create(keys) as typeof keys, {
    dataKey: (...parameters: Parameters<typeof keys.dataKey>) => {
      opened += 1
      return keys.dataKey(...parameters)
    },
  })
  expect(await (await at.open({ keys: counting })).find(version)).toEqual(ref)
  expect(opened).toBe(1)
  expect(await vault.find({ ...version, version: '2.0.0' })).toBeUndefined()
  await expect(vault.find({ ...version, version: '1.1.0' })).rejects.toEqual(code('SEALED_FILE_CORRUPT'))
})

test('with a version its key goes, also a revoked one', async () => {
  const { ref } = await sealed()
  const keys = await at.openKeys()
  const [{ keyId } = { keyId: '' }] = await keys.list()
  await keys.setState(keyId, 'revoked')
  await (await at.open({ keys })).remove(ref)
  expect(await keyStates()).toEqual([])
})

test('a version whose seal cannot be read now is not removed without its key', async () => {
  const { vault, ref } = await sealed()
  chmodSync(at.place('seal.json'), 0o644)
  await expect(vault.remove(ref)).rejects.toThrow(/expected .* found mode 0644; run: chmod 600/)
  chmodSync(at.place('seal.json'), 0o600)
  expect((await vault.open(ref)).digest).toBe(ref.digest)
  await vault.remove(ref)
  expect(await keyStates()).toEqual([])
})

test('to find a version while it is removed, or others take its place, tells what is there', async () => {
  const { vault, ref } = await sealed()
  const other = at.write({ 'model.onnx': 'other' }, 'other')
  const keys = await at.openKeys()
  let meanwhile: () => Promise<unknown> = () => vault.remove(ref)
  const disturbed = Object.assign(Object.create(keys) as typeof keys, {
    dataKey: async (...parameters: Parameters<typeof keys.dataKey>) => {
      const change = meanwhile
      meanwhile = async () => {}
      await change()
      return keys.dataKey(...parameters)
    },
  })
  const finding = await at.open({ keys: disturbed })
  expect(await finding.find(version)).toBeUndefined()
  expect(readdirSync(join(at.directory, 'digits'))).toEqual([])
  await vault.sealFrom(join(at.home, 'clear'), version)
  meanwhile = async () => {
    await vault.remove(version)
    await vault.sealFrom(other, version)
  }
  const found = await finding.find(version)
  expect(found).toEqual(await vault.find(version))
  expect(found?.digest).not.toBe(ref.digest)
})

test('a vault whose directory is gone is one typed error, not an empty list', async () => {
  const { vault } = await sealed()
  rmSync(at.directory, { recursive: true })
  await expect(vault.list()).rejects.toThrow(
    expect.objectContaining({ code: 'STORAGE_FAILED', message: expect.stringMatching(/^expected .* found ENOENT; /) }),
  )
})
