// A model of 1 GiB sealed from disk, streamed, read into memory and exported, against Debian's age and cp in the same run:
// CPU time, elapsed time and memory. The vault hashes every byte as well, which its rivals do not.
// Run: npx tsx --conditions=@nootropic/source packages/runtime/bench/vault.ts
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKeyStore } from '@nootropic/core/crypto'
import { type Cost, costOf, costOfCommand, median, peakMemory } from '../../../tools/bench/cost.ts'
import { openVault } from '../src/vault/vault.ts'

const mebibyte = 1024 * 1024
const mebibytes = 1024
const rounds = 3
const version = { name: 'large', version: '1.0.0' }

const openHome = async (home: string) =>
  openVault({ directory: join(home, 'models'), keys: await openKeyStore({ directory: join(home, 'keys') }) })

// Run by itself below: seals, streams and exports a model and says how much memory the process took at most.
const [, , child, childSource, childHome] = process.argv
if (child === 'memory' && childSource !== undefined && childHome !== undefined) {
  const vault = await openHome(childHome)
  const ref = await vault.sealFrom(childSource, version)
  const reader = await vault.openReader(ref)
  for (const file of reader.files) for await (const _ of file.stream());
  await reader.close()
  await vault.export(ref, join(childHome, 'clear'))
  process.stdout.write(String(peakMemory() / mebibyte))
  process.exit()
}

const directory = mkdtempSync(join(tmpdir(), 'nootropic-bench-vault-'))
const path = (...parts: string[]): string => join(directory, ...parts)

interface Subject {
  readonly name: string
  readonly work: () => Promise<unknown>
  readonly undo?: () => Promise<unknown>
  readonly rival: string
  readonly command: string
}

const writeRandom = async (name: string, count: number): Promise<void> => {
  mkdirSync(path(name))
  const file = await open(path(name, 'model.onnx'), 'w')
  for (let index = 0; index < count; index += 1) await file.write(randomBytes(mebibyte))
  await file.close()
}

const ageRecipient = (): string => {
  execFileSync('age-keygen', ['-o', path('identity')], { stdio: 'ignore' })
  return execFileSync('age-keygen', ['-y', path('identity')], { encoding: 'utf8' }).trim()
}

const peak = (source: string): number => {
  const parameters = ['--import', 'tsx', ...process.execArgv, fileURLToPath(import.meta.url), 'memory', path(source)]
  return Number(execFileSync(process.execPath, [...parameters, path(`home-${source}`)], { encoding: 'utf8' }))
}

try {
  await writeRandom('plain', mebibytes)
  await writeRandom('small', 1)
  const vault = await openHome(path('home'))
  const recipient = ageRecipient()
  const ref = await vault.sealFrom(path('plain'), { ...version, version: '0.1.0' })
  const source = 'plain/model.onnx'
  const sealAge = `age -r ${recipient} -o age ${source}; sync age`
  const seal = () => vault.sealFrom(path('plain'), version)
  const unseal = () => vault.remove(version)
  const exportAll = () => vault.export(ref, path('exported'))
  const removeExport = async () => rmSync(path('exported'), { recursive: true })
  const stream = async (): Promise<void> => {
    const reader = await vault.openReader(ref)
    for (const file of reader.files) for await (const _ of file.stream());
    await reader.close()
  }
  // Both sides end with the bytes on disk; what is undone afterwards is not measured.
  const subjects: Subject[] = [
    { name: 'seal from disk', work: seal, undo: unseal, rival: 'age', command: sealAge },
    {
      name: 'seal from disk',
      work: seal,
      undo: unseal,
      rival: 'age, openssl sha256',
      command: `openssl dgst -sha256 ${source} > /dev/null; ${sealAge}`,
    },
    { name: 'seal from disk', work: seal, undo: unseal, rival: 'cp', command: `cp ${source} copy; sync copy` },
    {
      name: 'export',
      work: exportAll,
      undo: removeExport,
      rival: 'age -d',
      command: 'age -d -i identity -o out age; sync out',
    },
    { name: 'stream', work: stream, rival: 'age -d', command: 'age -d -i identity age > /dev/null' },
    {
      name: 'open into memory, and overwrite',
      work: () => vault.lend(ref, async () => {}),
      rival: 'age -d',
      command: 'age -d -i identity age > /dev/null',
    },
  ]

  const lines = [
    '| 1 GiB | MiB per CPU-second | rival | MiB per CPU-second | ratio | elapsed seconds | rival |',
    '| --- | ---: | --- | ---: | ---: | ---: | ---: |',
  ]
  for (const { name, work, undo, rival, command } of subjects) {
    const costs = { own: [] as Cost[], rival: [] as Cost[] }
    for (let round = 0; round < rounds; round += 1) {
      costs.own.push(await costOf(work))
      await undo?.()
      costs.rival.push(costOfCommand(command, directory))
    }
    const speed = (of: 'own' | 'rival'): number => mebibytes / median(costs[of].map(({ cpu }) => cpu))
    const elapsed = (of: 'own' | 'rival'): string => median(costs[of].map((cost) => cost.elapsed)).toFixed(2)
    const [own, other] = [speed('own'), speed('rival')]
    const cells = [own.toFixed(0), rival, other.toFixed(0), (own / other).toFixed(2), elapsed('own'), elapsed('rival')]
    lines.push(`| ${[name, ...cells].join(' | ')} |`)
  }
  const extra = peak('plain') - peak('small')
  lines.push('', '| | |', '| --- | ---: |')
  lines.push(`| memory that sealing, streaming and exporting 1 GiB takes more than 1 MiB | ${extra.toFixed(1)} MiB |`)
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(directory, { recursive: true })
}
