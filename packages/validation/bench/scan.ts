import { randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { systemClock } from '@nootropic/core'
import { scan, scanLimits, scanPath } from '@nootropic/validation/scan'
import { median } from '../../../tools/bench/cost.ts'
import { createBudget } from '../src/scan/budget.ts'
import { inspect } from '../src/scan/inspect.ts'
import { createScratch } from '../src/scan/scratch.ts'
import { fileSource } from '../src/scan/source.ts'

// Files as picklescan 1.0 was measured with (../shared/briefs/scanning.md, on this kind of machine): a torch file of 1 GiB,
// and thousands of files of 1 kB. The rivals are Python tools and cannot run beside this; their figures are the brief's.
// By its public name the scanner is the built one, as a host has it; only the structure is looked at by what no host can call.

const rounds = 5
const mebibyte = 2 ** 20
const storages = 16
const smallFiles = 10_000

/** A state dict of `storages` tensors, in the opcodes that torch.save writes. */
const stateDict = (): Buffer => {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(value.length)
    return Buffer.concat([Buffer.from('X'), length, Buffer.from(value)])
  }
  const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1')
  const tensor = (index: number): Buffer =>
    Buffer.concat([
      ...[text(`layer.${index}.weight`), latin1('ctorch._utils\n_rebuild_tensor_v2\n((')],
      ...[text('storage'), latin1('ctorch\nFloatStorage\n'), text(String(index)), text('cpu'), latin1('J\0\0\0\x01tQ')],
      ...[latin1('K\0K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR')],
    ])
  const items = Array.from({ length: storages }, (_, index) => tensor(index))
  return Buffer.concat([latin1('\x80\x02ccollections\nOrderedDict\n)R('), ...items, latin1('u.')])
}

const writeTorchFile = (path: string): void => {
  const file = openSync(path, 'w')
  const weights = randomFillSync(Buffer.alloc(64 * mebibyte))
  const weightsSum = crc32(weights)
  const directory: Buffer[] = []
  let offset = 0
  const add = (name: string, content: Uint8Array, sum: number): void => {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt32LE(sum, 10)
    fields.writeUInt32LE(content.length, 14)
    fields.writeUInt32LE(content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, place, Buffer.from(name)]))
    const header = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name)])
    writeSync(file, header)
    writeSync(file, content)
    offset += header.length + content.length
  }
  const pickle = stateDict()
  add('archive/data.pkl', pickle, crc32(pickle))
  for (let index = 0; index < storages; index += 1) add(`archive/data/${index}`, weights, weightsSum)
  const version = Buffer.from('3\n')
  add('archive/version', version, crc32(version))
  const length = directory.reduce((total, entry) => total + entry.length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(offset, 16)
  writeSync(file, Buffer.concat([...directory, end]))
  closeSync(file)
}

const timed = async (work: () => Promise<{ verdict: string }[]>): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now()
    const reports = await work()
    times.push(performance.now() - startedMs)
    const bad = reports.find(({ verdict }) => verdict !== 'pass')
    if (bad !== undefined) throw new Error(`expected harmless files to pass, found ${JSON.stringify(bad)}`)
  }
  return median(times)
}

/** The structure alone: neither digest nor sweep. */
const inspectStructure = async (path: string): Promise<{ verdict: string }[]> => {
  const { size } = statSync(path)
  const descriptor = openSync(path, 'r')
  const scratch = createScratch()
  try {
    const budget = createBudget(scanLimits, size, systemClock)
    const options = { path, limits: scanLimits, budget, scratch, isSwept: false }
    const { findings, incomplete } = await inspect(fileSource(descriptor, size), options)
    return [
      {
        verdict:
          findings.length === 0 && incomplete === undefined ? 'pass' : `${incomplete} ${JSON.stringify(findings)}`,
      },
    ]
  } finally {
    scratch.close()
    closeSync(descriptor)
  }
}

const directory = mkdtempSync(join(tmpdir(), 'nootropic-bench-'))
try {
  const torchFile = join(directory, 'model.pt')
  writeTorchFile(torchFile)
  const structureMs = await timed(() => inspectStructure(torchFile))
  const wholeMs = await timed(async () => [await scan(torchFile)])

  const many = join(directory, 'many')
  mkdirSync(many)
  const small = Buffer.concat([
    Buffer.from('\x80\x04]\x94(', 'latin1'),
    ...Array.from({ length: 500 }, () => Buffer.from('K\x07')),
    Buffer.from('e.'),
  ])
  for (let index = 0; index < smallFiles; index += 1) writeFileSync(join(many, `${index}.pkl`), small)
  const smallMs = await timed(() => scanPath(many))

  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  process.stdout.write(
    `${[
      row(['scan', 'nootropic', 'target', 'picklescan (brief)', 'modelaudit (brief)']),
      row(['---', '---:', '---:', '---:', '---:']),
      row(['1 GiB torch file, structure', `${structureMs.toFixed(0)} ms`, '60 ms', '20 ms, sees data.pkl only', '']),
      row(['1 GiB torch file, with SHA-256 and sweep', `${(wholeMs / 1000).toFixed(2)} s`, '1.5 s', '', '396 s']),
      row(['files of 1 kB', `${Math.round((smallFiles / smallMs) * 1000)}/s`, '10000/s', '2353/s', '17/s']),
    ].join('\n')}\n`,
  )
} finally {
  rmSync(directory, { recursive: true, force: true })
}
