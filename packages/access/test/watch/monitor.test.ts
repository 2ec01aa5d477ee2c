import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createManualClock, type EventContent, findingSchema } from '@nootropic/core'
import { expect, onTestFinished, test } from 'vitest'
import { checkPermissions } from '../../src/permissions.ts'
import { listHolders } from '../../src/watch/holders.ts'
import { createIntegrityCheck, recordIntegrity } from '../../src/watch/integrity.ts'
import { openAccessMonitor } from '../../src/watch/monitor.ts'
import { takeSnapshot } from '../../src/watch/snapshot.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const tree = (): string => {
  const path = join(temporaryDirectory(), 'models')
  mkdirSync(path, { mode: 0o700 })
  writeFileSync(join(path, 'a.onnx'), 'aaaa', { mode: 0o600 })
  writeFileSync(join(path, 'b.onnx'), 'bbbb', { mode: 0o600 })
  return path
}

/** Another process that opens a file, and with `close` only has it mapped. */
const hold = async (path: string): Promise<ChildProcess> => {
  const script = 'require("fs").openSync(process.argv[1]); console.log("open"); setInterval(() => {}, 1e6)'
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}
const onLinux = process.platform === 'linux'

test('contents are compared with what was recorded: changed, missing, added and linked files are found', async () => {
  const path = tree()
  writeFileSync(join(path, 'c.onnx'), 'cccc')
  const recorded = await recordIntegrity([path])
  expect(recorded).toHaveLength(3)
  expect(recorded[0]?.digest).toBe('sha256:61be55a8e2f6b4e172338bddf184d6dbee29c98853e0a0485ecee7f27b9af0b4')
  const check = createIntegrityCheck({ recorded: async () => recorded })
  expect(await check()).toEqual([])
  writeFileSync(join(path, 'a.onnx'), 'aaab')
  unlinkSync(join(path, 'b.onnx'))
  unlinkSync(join(path, 'c.onnx'))
  symlinkSync('a.onnx', join(path, 'c.onnx'))
  writeFileSync(join(path, 'd.onnx'), '')
  const found = await check()
  expect(found.map(({ rule, location }) => `${rule} ${location.path.slice(path.length)}`)).toEqual([
    'integrity/content /a.onnx',
    'integrity/missing /b.onnx',
    'integrity/content /c.onnx',
    'integrity/added /d.onnx',
  ])
  for (const one of found) findingSchema.parse(one)
  await expect(recordIntegrity([path])).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test.runIf(onLinux)(
  'a process that holds a file open is listed, under any name of the file; the list says what it lacks',
  async () => {
    const path = tree()
    const file = join(path, 'a.onnx')
    symlinkSync(file, join(dirname(path), 'another-name'))
    const child = await hold(join(dirname(path), 'another-name'))
    const list = await listHolders([file, join(path, 'b.onnx'), join(path, 'none')])
    // Newer releases of Node call their main thread otherwise.
    const name = readFileSync(`/proc/${child.pid}/comm`, 'utf8').trimEnd()
    expect(list.holders).toEqual([{ pid: child.pid, name, user: process.geteuid?.(), path: file, by: 'descriptor' }])
    expect(list.blindSpots.join(' ')).toContain('between two listings')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await listHolders([file])).holders).toEqual([])
  },
)

test.runIf(onLinux)('a file that is mapped and closed again is still held', async () => {
  // The program itself is such a file: every process maps it and holds no descriptor of it.
  const { holders } = await listHolders([process.execPath])
  expect(holders).toContainEqual(expect.objectContaining({ pid: process.pid, by: 'mapping', path: process.execPath }))
})

test('a host without /proc is said to show nothing', async () => {
  const list = await listHolders([], join(temporaryDirectory(), 'none'))
  expect(list.holders).toEqual([])
  expect(list.blindSpots.join(' ')).toContain('nothing is seen')
})

test('a process whose files may not be looked at is counted, one that ended is not', async () => {
  const proc = temporaryDirectory()
  for (const pid of ['11', '12', 'self']) mkdirSync(join(proc, pid))
  writeFileSync(join(proc, '11', 'maps'), '')
  writeFileSync(join(proc, '11', 'fd'), '') // no directory: as unreadable as a foreign one
  const list = await listHolders([process.execPath], proc)
  expect(list).toMatchObject({ holders: [], unseenProcesses: 1 })
})

test('a file that looks as it did is not read again for a day; one that was touched is read at once', async () => {
  const path = tree()
  const files = await recordIntegrity([path])
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const wrong = files.map((file) => ({ ...file, digest: `sha256:${'0'.repeat(64)}` as const }))
  let recorded = files
  const check = createIntegrityCheck({ recorded: async () => recorded, clock })
  expect(await check()).toEqual([])
  recorded = wrong
  expect(await check()).toHaveLength(2)
  recorded = files
  expect(await check()).toEqual([])
  // Below the file system a change leaves no trace; here nothing changes, and only the reading is counted.
  const readAt = (): bigint[] => files.map((file) => statSync(file.path, { bigint: true }).atimeNs)
  const setBack = (): void => {
    for (const file of files) utimesSync(file.path, 1, statSync(file.path).mtime)
  }
  setBack()
  expect(await check()).toEqual([]) // the times were touched: read
  const before = readAt()
  clock.advance(24 * 60 * 60 * 1000 - 1)
  expect(await check()).toEqual([])
  expect(readAt()).toEqual(before)
  appendFileSync(join(path, 'a.onnx'), 'x')
  expect((await check()).map(({ rule }) => rule)).toEqual(['integrity/content'])
})

test('a name that is no text is said to be unseen', async () => {
  const path = tree()
  writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.of(0xff), Buffer.from('.onnx')]), '')
  const { unseen } = await takeSnapshot([path])
  expect([...unseen.values()]).toEqual(['its name is not UTF-8'])
})

const open = async (path: string, options: Partial<Parameters<typeof openAccessMonitor>[0]> = {}) => {
  const events: EventContent[] = []
  const errors: unknown[] = []
  const monitor = await openAccessMonitor({
    paths: [path],
    checkEverySeconds: 600,
    publish: async (content) => void events.push(content),
    onError: (error) => errors.push(error),
    ...options,
  })
  onTestFinished(() => monitor.close())
  const types = (): string[] => [
    ...new Set(events.splice(0).map(({ type }) => type.slice('ai.nootropic.access.'.length))),
  ]
  return { monitor, events, errors, types }
}

test('the monitor publishes changes, findings and holders when they are new', async () => {
  const path = tree()
  const recorded = await recordIntegrity([path])
  const { monitor, types } = await open(path, {
    heldPaths: [path],
    checks: [createIntegrityCheck({ recorded: async () => recorded }), () => checkPermissions([{ path, mode: 0o600 }])],
  })
  expect((await monitor.check()).findings).toEqual([])
  expect(types()).toEqual([])
  if (onLinux) {
    await hold(join(path, 'a.onnx'))
    expect((await monitor.check()).holders).toHaveLength(1)
    expect(types()).toEqual(['model.held'])
  }
  appendFileSync(join(path, 'a.onnx'), 'x')
  chmodSync(join(path, 'a.onnx'), 0o644)
  const { findings } = await monitor.check()
  expect(findings.map(({ rule }) => rule)).toEqual(['integrity/content', 'permissions/mode'])
  expect(types()).toEqual(['file.changed', 'finding.found'])
  await monitor.check()
  expect(types()).toEqual([])
  expect(monitor.blindSpots().join('\n')).toContain('Reads are not reported')
})

test('what could not be published is told of at the next check, and no more than a thousand changes wait for it', async () => {
  const path = tree()
  let isFull = true
  const told: EventContent[] = []
  const { monitor, errors } = await open(path, {
    checks: [() => checkPermissions([{ path, mode: 0o640 }])],
    publish: async (content) => {
      if (isFull) throw new Error('full')
      told.push(content)
    },
  })
  for (let number = 0; number < 1001; number += 1) writeFileSync(join(path, `${number}`.padStart(4, '0')), '')
  const { findings } = await monitor.check()
  expect(errors.length).toBeGreaterThan(findings.length)
  isFull = false
  await monitor.check()
  const changed = told.filter(({ type }) => type.endsWith('file.changed'))
  expect(changed).toHaveLength(1001)
  expect(changed[0]).toMatchObject({ subject: join(path, '0000'), data: { kind: 'created' } })
  expect(changed.at(-1)).toMatchObject({ subject: path, data: { kind: 'more', count: 1 } })
  expect(told.filter(({ type }) => type.endsWith('finding.found'))).toHaveLength(findings.length)
  await monitor.check()
  expect(told).toHaveLength(1001 + findings.length)
})

test('a check that fails is told of, and what is not watched is said', async () => {
  const path = tree()
  const { monitor, types } = await open(path, { paths: [], checks: [() => Promise.reject(new Error('gone'))] })
  await expect(monitor.check()).rejects.toThrow('gone')
  expect(types()).toEqual(['check.failed'])
  expect(monitor.blindSpots()).toEqual(['Changes of files are not told of.', 'Processes are not looked at.'])
})
