import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bundleConfig } from '../../src/sandbox/gvisor/bundle.ts'
import { makeBundle, removeBundle, stateOf, sweepBundles } from '../../src/sandbox/gvisor/bundle-directory.ts'
import { bundlesOf, runscWords } from '../../src/sandbox/gvisor/run.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import type { WorkerFiles } from '../../src/sandbox/worker-files.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-bundles-'))
afterAll(() => rmSync(directory, { recursive: true }))

const file = (name: string): string => {
  const path = join(directory, name)
  writeFileSync(path, '')
  return path
}
const packageOf = (name: string) => {
  const path = join(directory, name)
  mkdirSync(path)
  return { name, directory: path }
}
symlinkSync(file('libc-2.so'), join(directory, 'libc.so'))
const files: WorkerFiles = {
  node: file('node'),
  program: file('worker.js'),
  libraries: [join(directory, 'libc.so')],
  packages: [packageOf('onnxruntime-node')],
}
const launcher = file('launcher.js')
const config = bundleConfig(files, launcher, '{}')

test('a bundle shows what a worker needs, to read, and nothing else of the host', () => {
  const binds = config.mounts.filter(({ type }) => type === 'bind')
  expect(Object.fromEntries(binds.map(({ destination, source }) => [destination, source]))).toEqual({
    '/rt/node': files.node,
    // Where the loader looks for it, and what the link leads to.
    [join(directory, 'libc.so')]: join(directory, 'libc-2.so'),
    '/rt/app/launcher.mjs': launcher,
    '/rt/app/worker.mjs': files.program,
    '/rt/app/node_modules/onnxruntime-node': join(directory, 'onnxruntime-node'),
  })
  for (const { options } of config.mounts) expect(options).toContain('ro')
  // Where nothing is said, runsc puts directories that can be written.
  expect(config.mounts.map(({ destination }) => destination)).toEqual(expect.arrayContaining(['/sys', '/tmp']))
  expect(config.root).toEqual({ path: 'rootfs', readonly: true })
})

test('a bundle gives a worker no user, no right, no network and no variable of the host', () => {
  expect(config.process).toMatchObject({
    user: { uid: 65534, gid: 65534 },
    capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
    noNewPrivileges: true,
  })
  const variables = config.process.env as string[]
  expect(variables.every((variable) => /^(ORT_|MALLOC_)/.test(variable))).toBe(true)
  expect(config.linux.namespaces).toContainEqual({ type: 'network' })
  expect(runscWords('/x/bundle').join(' ')).toMatch(/--rootless .*--network none .*run --bundle \/x\/bundle bundle$/)
})

test('a bundle on disk has a place for each mount, is open to nobody, and goes whole', () => {
  const mask = process.umask(0o077)
  const bundles = bundlesOf(launcher, { ...defaultSandboxLimits, tasks: 10 }, undefined)
  const bundle = bundles.make(files)
  process.umask(mask)
  const at = (path: string) => statSync(join(bundle, path))
  for (const { destination, type, source } of config.mounts) {
    const isDirectory = type !== 'bind' || statSync(source).isDirectory()
    expect(at(join('rootfs', destination)).isDirectory(), destination).toBe(isDirectory)
  }
  for (const path of ['.', 'rootfs', 'rootfs/rt', 'rootfs/rt/app']) expect(at(path).mode & 0o777, path).toBe(0o755)
  expect([at('config.json').mode & 0o777, at('state').mode & 0o777]).toEqual([0o644, 0o700])
  writeFileSync(join(stateOf(bundle), 'worker.state'), '')
  bundles.remove(bundle)
  expect(existsSync(bundle)).toBe(false)
})

test('what is removed is not looked for behind links', () => {
  const bundle = makeBundle(config, undefined)
  const elsewhere = join(directory, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'kept'), '')
  symlinkSync(elsewhere, join(stateOf(bundle), 'link'))
  removeBundle(bundle)
  expect([existsSync(bundle), readdirSync(elsewhere)]).toEqual([false, ['kept']])
})

test('bundles of hosts that are no more are swept; those of others stay', () => {
  const mine = makeBundle(config, undefined)
  const name = mine.slice(mine.lastIndexOf('/') + 1)
  // No process has this number: it is above what Linux gives (2^22).
  const [lost, elsewhere, open] = [`-5000001-a`, `-5000002-b`, `-5000003-c`].map((end) =>
    name.replace(/-\d+-[^-]+$/, end),
  )
  const place = join(directory, 'temporary')
  mkdirSync(place)
  for (const each of [name, lost, elsewhere?.replace(/gvisor-\d+/, 'gvisor-1'), open]) {
    mkdirSync(join(place, each ?? '', 'state'), { recursive: true })
    chmodSync(join(place, each ?? ''), each === open ? 0o777 : 0o755)
  }
  sweepBundles(place)
  expect(readdirSync(place).sort()).toEqual([name, elsewhere?.replace(/gvisor-\d+/, 'gvisor-1'), open].sort())
  removeBundle(mine)
})
