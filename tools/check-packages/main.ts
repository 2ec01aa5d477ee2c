import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkCommand } from './command.ts'
import { checkContents } from './contents.ts'
import { installHost, removeOnnxRuntime } from './host.ts'
import { packPackages } from './pack.ts'
import { runNode } from './run.ts'
import { checkSandbox } from './sandbox.ts'
import { checkShape } from './shape.ts'
import { checkTypes } from './types.ts'
import { checkWeight } from './weight.ts'

// Looks at the packages as those who install them get them: packed, in a folder that knows nothing of this one.
const folder = mkdtempSync(join(tmpdir(), 'nootropic-packages-'))
const host = join(folder, 'host')

const stage = async (name: string, work: () => Promise<string>): Promise<void> => {
  const started = performance.now()
  const result = await work()
  console.log(`${name}: ${result} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
}

try {
  const packages = await packPackages(folder)
  const specifiers = packages.flatMap((packed) => packed.specifiers)
  await stage('shape', async () => {
    for (const packed of packages) await checkShape(packed)
    return `publint and attw find nothing in ${packages.length} packages`
  })
  await stage('install', async () => {
    const tarballs = packages.map(({ tarball }) => tarball)
    await installHost(host, tarballs)
    return `npm installs ${tarballs.length} tarballs in an empty folder`
  })
  await stage('contents', async () => checkContents(host, packages))
  await stage('imports', async () => {
    await runNode('import-and-require.mjs', specifiers, host)
    return `${specifiers.length} entries load by import() and by require() on Node ${process.versions.node}`
  })
  await stage('weight', () => checkWeight(host, specifiers))
  await stage('types', () => checkTypes(host, specifiers))
  await stage('command', () => checkCommand(host))
  await stage('sandbox', () => checkSandbox(host))
  await stage('without onnxruntime-node', async () => {
    removeOnnxRuntime(host)
    await runNode('import-and-require.mjs', specifiers, host)
    const entries = ['@nootropic/core', '@nootropic/core/inference', '@nootropic/runtime/sandbox']
    await runNode('without-onnxruntime.mjs', entries, host)
    return 'everything loads, and opening a model says what to install'
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
