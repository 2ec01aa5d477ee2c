import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type EventContent, findingSchema } from '@nootropic/core'
import { expect, onTestFinished, test } from 'vitest'
import { listHolders } from '../../src/watch/holders.ts'
import { checkIntegrity, recordIntegrity } from '../../src/watch/integrity.ts'
import { openAccessMonitor } from '../../src/watch/monitor.ts'
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
  expect(await checkIntegrity(recorded, [path])).toEqual([])
  writeFileSync(join(path, 'a.onnx'), 'aaab')
  unlinkSync(join(path, 'b.onnx'))
  unlinkSync(join(path, 'c.onnx'))
  symlinkSync('a.onnx', join(path, 'c.onnx'))
  writeFileSync(join(path, 'd.onnx'), '')
  const found = await checkIntegrity(recorded, [path])
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
    expect(list.holders).toEqual([
      { pid: child.pid, name: 'node', user: process.geteuid?.(), path: file, by: 'descriptor' },
    ])
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

test('the monitor publishes changes, findings and holders when they are new', async () => {
  const path = tree()
  const events: EventContent[] = []
  const errors: unknown[] = []
  const monitor = await openAccessMonitor({
    paths: [path],
    expected: await recordIntegrity([path]),
    permissions: [{ path, mode: 0o600 }],
    checkEverySeconds: 600,
    publish: async (content) => {
      events.push(content)
      if (content.subject === join(path, 'b.onnx')) throw new Error('the bus is gone')
    },
    onError: (error) => errors.push(error),
  })
  onTestFinished(() => monitor.close())
  const types = (): string[] => [
    ...new Set(events.splice(0).map(({ type }) => type.slice('ai.nootropic.access.'.length))),
  ]
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
  appendFileSync(join(path, 'b.onnx'), 'x')
  await monitor.check()
  expect(errors.length).toBeGreaterThan(0)
  expect(monitor.blindSpots().join('\n')).toContain('Reads are not reported')
})
