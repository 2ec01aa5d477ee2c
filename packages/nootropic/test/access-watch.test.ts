import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessMonitorEvents } from '@nootropic/access'
import { type AuditEntry, createEventBus, type Event, type ModelRef, systemClock, systemRandom } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { openDatabase } from '@nootropic/core/storage'
import { openVault } from '@nootropic/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { openKeys } from '../src/key-protection.ts'
import { watchAccess } from '../src/watch/access-watch.ts'
import { openModelPermissions, protectedPaths } from '../src/watch/model-permissions.ts'

const document = (kind: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'a' }, spec })
const types = (...names: string[]) => names.map((type) => ({ type }))
const monitoring = (watched: object[], logging: string[]): string =>
  document('AccessMonitoring', { monitoring: watched, logging: types(...logging) })

const openInstallation = async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nootropic-access-watch-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const home = { root, models: join(root, 'models'), keys: join(root, 'keys') }
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const keys = await openKeys({ directory: home.keys, passphrase: undefined, random: systemRandom, clock: systemClock })
  const vault = await openVault({ directory: home.models, keys })
  const refs: ModelRef[] = []
  const model = join(root, 'model.onnx')
  writeFileSync(model, 'the weights')
  const seal = async (version: string): Promise<ModelRef> => {
    const ref = await vault.sealFrom(model, { name: 'digits', version })
    refs.push(ref)
    return ref
  }
  const errors: unknown[] = []
  const events: Event[] = []
  const entries: AuditEntry[] = []
  const bus = createEventBus({ clock: systemClock, random: systemRandom, onError: (error) => errors.push(error) })
  bus.subscribe('ai.nootropic.access.', (event) => void events.push(event))
  const watch = async (...manifests: string[]) => {
    const settings = parseManifestSet([{ path: join(root, 'settings.yaml'), text: manifests.join('\n---\n') }])
    const audit = {
      append: async (entry: AuditEntry) => {
        entries.push(entry)
        return { index: 0, leafHash: '' }
      },
    }
    const place = { root, environment: {} }
    const permissions = openModelPermissions(protectedPaths(settings, place), audit)
    const registry = {
      list: async () => [{ name: 'digits', versions: refs }],
    }
    const onError = (error: unknown): void => void errors.push(error)
    const shared = { settings, home, environment: {}, database, registry, vault, permissions, bus, audit }
    const watching = await watchAccess({ ...shared, clock: systemClock, onError })
    onTestFinished(() => watching.stop())
    return watching
  }
  const told = (type: keyof typeof accessMonitorEvents): Event[] =>
    events.filter((event) => event.type === accessMonitorEvents[type])
  return { root, home, seal, bus, watch, errors, events, entries, told }
}

const sealedFile = (models: string): string => join(models, 'digits', '1.0.0', 'file-0')

test('where no manifest asks for it nothing is watched, and that is said', async () => {
  const { watch, seal, home, events, entries } = await openInstallation()
  await seal('1.0.0')
  const watching = await watch(document('ModelPermissions', { files: [{ path: '~/.nootropic/models', mode: 600 }] }))
  watching.begin()
  appendFileSync(sealedFile(home.models), 'x')
  expect(await watching.check()).toEqual({ changes: [], findings: [], holders: [] })
  expect([events, entries]).toEqual([[], []])
  expect(watching.blindSpots().join(' ')).toContain('Nothing is watched')
})

test('file: what changes in models, keys and settings is an event and an audit record', async () => {
  const { watch, seal, root, home, told, entries, errors } = await openInstallation()
  await seal('1.0.0')
  const watching = await watch(monitoring(types('file'), ['local', 'audit']))
  expect(watching.blindSpots()[0]).toContain('watching begins with the first execution')
  expect((await watching.check()).findings).toEqual([])
  mkdirSync(join(root, 'config'))
  writeFileSync(join(home.keys, 'new'), '')
  chmodSync(sealedFile(home.models), 0o644)
  await watching.check()
  const seen = told('fileChanged').map(({ subject = '', data }) => `${data.kind} ${subject.slice(root.length)}`)
  expect(seen).toEqual(
    expect.arrayContaining(['created /config', 'created /keys/new', 'permissions /models/digits/1.0.0/file-0']),
  )
  expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(seen.map(() => 'file.changed succeeded'))
  expect(entries[0]).toMatchObject({ category: 'security', resource: `file:${told('fileChanged')[0]?.subject}` })
  expect(watching.blindSpots().join(' ')).toContain('Reads are not reported')
  expect(errors).toEqual([])
})

test('file: a sealed model that is not what was registered is a finding; registered before anybody watched, too', async () => {
  const { watch, seal, home, told, entries, bus } = await openInstallation()
  await seal('1.0.0')
  const watching = await watch(monitoring(types('file'), ['local', 'audit']))
  const { name, version, digest } = await seal('1.1.0')
  await bus.publish({
    source: '/nootropic/test',
    type: 'ai.nootropic.model.registered',
    subject: name,
    data: { version, digest },
  })
  expect((await watching.check()).findings).toEqual([])
  for (const one of ['1.0.0', '1.1.0']) appendFileSync(join(home.models, 'digits', one, 'file-0'), 'x')
  writeFileSync(join(home.models, 'digits', '1.1.0', 'added'), '')
  const { findings } = await watching.check()
  expect(findings.map(({ rule }) => rule)).toEqual(['integrity/content', 'integrity/content', 'integrity/added'])
  expect(told('findingFound').map(({ data }) => data.severity)).toEqual(['critical', 'critical', 'high'])
  expect(entries.filter(({ outcome }) => outcome === 'failed').map(({ action }) => action)).toEqual(
    findings.map(() => 'finding.found'),
  )
})

test('file: a model that was changed before its files were recorded does not open, and is a finding', async () => {
  const { watch, seal, home } = await openInstallation()
  await seal('1.0.0')
  const path = sealedFile(home.models)
  appendFileSync(path, 'x')
  const watching = await watch(monitoring(types('file'), ['audit']))
  expect((await watching.check()).findings).toMatchObject([
    { rule: 'integrity/content', severity: 'critical', remediation: expect.stringContaining('nootropic restore') },
  ])
})

test('file: modes that the ModelPermissions manifest asks for are checked, told of and mended', async () => {
  const { watch, seal, home, told } = await openInstallation()
  await seal('1.0.0')
  const permissions = document('ModelPermissions', { files: [{ path: '~/.nootropic/models', mode: 600 }] })
  const watching = await watch(monitoring(types('file'), ['local']), permissions)
  chmodSync(sealedFile(home.models), 0o644)
  expect((await watching.check()).findings.map(({ rule }) => rule)).toEqual(['permissions/mode'])
  expect(told('findingFound')).toHaveLength(1)
  expect((await watching.check()).findings).toEqual([])
})

/** Another process that holds a file open. */
const hold = async (path: string): Promise<ChildProcess> => {
  const script = 'require("fs").openSync(process.argv[1]); console.log("open"); setInterval(() => {}, 1e6)'
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test.runIf(process.platform === 'linux')('process: who holds a model is told of, and changes are not', async () => {
  const { watch, seal, home, told, events } = await openInstallation()
  await seal('1.0.0')
  const watching = await watch(monitoring(types('process'), ['local']))
  const child = await hold(sealedFile(home.models))
  appendFileSync(join(home.models, 'new'), '')
  expect((await watching.check()).holders).toMatchObject([{ pid: child.pid }])
  expect(told('modelHeld')).toMatchObject([{ subject: sealedFile(home.models), data: { pid: child.pid } }])
  expect(events).toHaveLength(1)
  expect(watching.blindSpots()).toContain('Changes of files are not told of.')
})

test.runIf(process.platform === 'linux')('file alone lists no processes', async () => {
  const { watch, seal, home, told } = await openInstallation()
  await seal('1.0.0')
  const watching = await watch(monitoring(types('file'), ['local']))
  await hold(sealedFile(home.models))
  expect((await watching.check()).holders).toEqual([])
  expect(told('modelHeld')).toEqual([])
  expect(watching.blindSpots()).toContain('Processes are not looked at.')
})

test('files: only what the manifest names is watched', async () => {
  const { watch, root, home, told } = await openInstallation()
  mkdirSync(join(root, 'named'))
  const watching = await watch(monitoring([{ type: 'file', files: [{ path: '~/.nootropic/named' }] }], ['local']))
  await watching.check()
  writeFileSync(join(home.keys, 'new'), '')
  writeFileSync(join(root, 'named', 'new'), '')
  await watching.check()
  expect(told('fileChanged').map(({ subject }) => subject)).toEqual([join(root, 'named', 'new')])
})

test('local alone keeps nothing in the audit log, audit alone publishes nothing', async () => {
  for (const logging of ['local', 'audit']) {
    const { watch, home, events, entries } = await openInstallation()
    const watching = await watch(monitoring(types('file'), [logging]))
    await watching.check()
    writeFileSync(join(home.keys, 'new'), '')
    await watching.check()
    expect([events.length > 0, entries.length > 0]).toEqual([logging === 'local', logging === 'audit'])
  }
})

test('watching begins with the first execution, once; whoever closes the installation does not wait for it', async () => {
  const { watch, seal, home, told, errors, events } = await openInstallation()
  await seal('1.0.0')
  appendFileSync(sealedFile(home.models), 'x')
  const watching = await watch(monitoring(types('file'), ['local']))
  watching.begin()
  watching.begin()
  await watching.check()
  expect([told('findingFound').length, errors]).toEqual([1, []])
  const before = events.length
  const last = watching.check()
  await Promise.all([expect(last).rejects.toThrow(), watching.stop()])
  expect([events.length, errors]).toEqual([before, []])
})
