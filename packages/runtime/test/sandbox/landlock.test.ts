import { chmodSync, chownSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encloseByLandlock } from '../../src/sandbox/landlock/enclose.ts'
import { enterDomain, landlockVersion, verifyDomain } from '../../src/sandbox/landlock/restrict.ts'
import { encodeRule, encodeRuleset, landlockClaims } from '../../src/sandbox/landlock/rights.ts'
import { openRoom } from '../../src/sandbox/landlock/room.ts'
import { type Kernel, openKernel, SystemCallError } from '../../src/sandbox/native/kernel.ts'
import { workerEnvironment } from '../../src/sandbox/worker-files.ts'
import { withoutLandlock, withoutRoot } from './host.ts'

/** The 64-bit words of a ruleset. */
const wordsOf = (attribute: Buffer): bigint[] => [...new BigUint64Array(Uint8Array.from(attribute).buffer)]

test('each version of the interface gets every right that it knows, and none more', () => {
  const files = [0x1fffn, 0x3fffn, 0x7fffn, 0x7fffn, 0xffffn, 0xffffn, 0xffffn, 0xffffn]
  for (const [index, mask] of files.entries()) {
    const version = index + 1
    const more = [...(version >= 4 ? [3n] : []), ...(version >= 6 ? [3n] : [])]
    expect([version, wordsOf(encodeRuleset(version))]).toEqual([version, [mask, ...more]])
  }
})

test('a rule is packed: twelve bytes', () => {
  expect(encodeRule(['execute', 'readFile', 'readDirectory'], 258).toString('hex')).toBe('0d0000000000000002010000')
})

test('below the versions that know them, network and signals are said to rest on the filter alone', () => {
  expect(landlockClaims(3)).toMatchObject({
    landlock: 'a domain (ABI 3) over files',
    network: expect.stringContaining('seccomp alone'),
    signals: expect.stringContaining('seccomp alone'),
  })
  expect(landlockClaims(4)).toMatchObject({
    landlock: 'a domain (ABI 4) over files, TCP',
    network: expect.stringContaining('Landlock and seccomp'),
    signals: expect.stringContaining('seccomp alone'),
  })
})

// The kernel knows best what it takes; to make a ruleset restricts nobody.
test.skipIf(withoutLandlock)(`this kernel takes the rulesets of all versions up to its own${withoutLandlock}`, () => {
  const kernel = openKernel()
  const take = (attribute: Buffer): void => {
    const ruleset = kernel.call('landlock_create_ruleset', attribute, attribute.length, 0)
    kernel.call('close', ruleset)
  }
  const own = landlockVersion(kernel)
  for (let version = 1; version <= own; version += 1) take(encodeRuleset(version))
  const unknown = encodeRuleset(own)
  unknown.writeBigUInt64LE(1n << 40n, 0)
  expect(() => take(unknown)).toThrow('landlock_create_ruleset: EINVAL')
})

const einval = 22
const eacces = 13
const eperm = 1
const econnrefused = 111

/** A kernel that says what it is told to, and remembers what it was asked. */
const kernelOf = (answers: Readonly<Record<string, number>>) => {
  const asked: string[] = []
  const kernel: Kernel = {
    architecture: 'x64',
    addressOf: () => 0n,
    call(name) {
      asked.push(name)
      const answer = answers[name] ?? 0
      if (answer < 0) throw new SystemCallError(name, -answer)
      return answer
    },
  }
  return { kernel, asked }
}
const holding = { openat: -eacces, connect: -eacces, kill: -eperm }

test('a domain is verified in all that its version holds, before the filter would hide it', () => {
  for (const version of [1, 3, 4, 6, 7]) {
    const { kernel, asked } = kernelOf(holding)
    verifyDomain(kernel, version)
    expect(asked).toEqual([
      'openat',
      ...(version >= 4 ? ['socket', 'connect'] : []),
      ...(version >= 6 ? ['getppid', 'kill'] : []),
    ])
  }
})

test('a domain that lets anything through is none', () => {
  const open: [string, Record<string, number>][] = [
    ['files (EACCES), found that it does not', { ...holding, openat: 7 }],
    ['TCP (EACCES), found SystemCallError: connect: ECONNREFUSED', { ...holding, connect: -econnrefused }],
    ['signals (EPERM), found that it does not', { ...holding, kill: 0 }],
  ]
  for (const [message, answers] of open) {
    expect(() => verifyDomain(kernelOf(answers).kernel, 7)).toThrow(message)
  }
})

test('a domain whose rule or start is refused is not taken for one', () => {
  for (const call of ['landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self']) {
    const { kernel } = kernelOf({ [call]: -einval })
    const reachable = [{ rights: ['readFile'] as const, descriptor: 3 }]
    expect(() => enterDomain(kernel, 7, reachable)).toThrow(`${call}: EINVAL`)
  }
})

test('what may only be passed through gets no rule', () => {
  const { kernel, asked } = kernelOf({})
  enterDomain(kernel, 7, [
    { rights: [], descriptor: 3 },
    { rights: ['execute'], descriptor: 4 },
  ])
  expect(asked.filter((name) => name === 'landlock_add_rule')).toHaveLength(1)
})

const files = {
  node: '/usr/bin/node',
  program: '/app/worker.js',
  libraries: ['/lib/libc.so.6', '/lib64/ld-linux-x86-64.so.2'],
  packages: [{ name: '@scope/name', directory: '/store/name' }],
}

test('a worker may execute Node and its loader, and write nothing', () => {
  const { reachable, environment } = encloseByLandlock(files)
  const executable = reachable.filter(({ rights }) => rights.includes('execute')).map(({ path }) => path)
  expect(executable).toEqual(['/usr/bin/node', '/lib64/ld-linux-x86-64.so.2'])
  const known = new Set(reachable.flatMap(({ rights }) => rights))
  expect([...known].sort()).toEqual(['execute', 'readDirectory', 'readFile'])
  expect(Object.keys(environment).sort()).toEqual(['OPENSSL_CONF', ...Object.keys(workerEnvironment)].sort())
})

test('every place that a room leads to is kept open under the number that it names', () => {
  const { reachable, program, words } = encloseByLandlock(files)
  const numberOf = (path: string) => reachable.find((file) => file.path === path)?.descriptor
  const room = reachable.find(({ rights }) => rights.length === 0)
  expect(program).toBe(`/proc/self/fd/${numberOf('/usr/bin/node')}`)
  expect(words.at(-1)).toBe(`/proc/self/fd/${room?.descriptor}/worker.mjs`)
  const links = { 'worker.mjs': '/app/worker.js', 'node_modules/@scope/name': '/store/name' }
  for (const [link, path] of Object.entries(links)) {
    expect(readlinkSync(join(room?.path ?? '', link))).toBe(`/proc/self/fd/${numberOf(path)}`)
  }
})

test('a room is made once for all workers, and again when somebody cleaned up', () => {
  const links = { 'a/b/c': '/proc/self/fd/200', d: '/proc/self/fd/201' }
  const before = process.umask(0o077)
  const room = openRoom(links)
  process.umask(before)
  for (const directory of ['', 'a', 'a/b']) expect(statSync(join(room, directory)).mode & 0o777).toBe(0o755)
  expect(openRoom(links)).toBe(room)
  for (const loss of ['a/b/c', '.']) {
    rmSync(join(room, loss), { recursive: true })
    expect(readlinkSync(join(openRoom(links), 'a/b/c'))).toBe('/proc/self/fd/200')
  }
  rmSync(room, { recursive: true })
})

test('a room that somebody else could have changed is made anew', () => {
  const links = { 'a/b': '/proc/self/fd/202' }
  const room = openRoom(links)
  chmodSync(join(room, 'a'), 0o777)
  expect([openRoom(links), statSync(join(room, 'a')).mode & 0o777]).toEqual([room, 0o755])
  rmSync(join(room, 'a/b'))
  symlinkSync('/proc/self/fd/0', join(room, 'a/b'))
  expect([openRoom(links), readlinkSync(join(room, 'a/b'))]).toEqual([room, '/proc/self/fd/202'])
  rmSync(room, { recursive: true })
})

test.skipIf(withoutRoot)(`the place of a room that somebody else holds is left to him${withoutRoot}`, () => {
  const links = { 'a/b': '/proc/self/fd/203' }
  const place = openRoom(links)
  chownSync(place, 65534, 65534)
  const room = openRoom(links)
  expect([room === place, readlinkSync(join(room, 'a/b'))]).toEqual([false, '/proc/self/fd/203'])
  for (const made of [place, room]) rmSync(made, { recursive: true })
})
