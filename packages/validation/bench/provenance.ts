import { generateKeyPairSync, randomFillSync } from 'node:crypto'
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Cost, costOf, costOfCommand, median, peakMemory } from '../../../tools/bench/cost.ts'
import { createKeySigner, openDigestCache, signModel, trustPublicKey, verifyModel } from '../src/provenance/index.ts'

// The rival is `openssl dgst -sha256` on the same file in the same run. Processor time is what counts: it does not depend
// on who else uses the machine. The time of openssl is its own user and system time, as the shell tells it.

const rounds = 5
const maximumRounds = 30
const mebibyte = 2 ** 20
const gibibyte = 2 ** 30

/** A file of random bytes, all in the page cache. */
const writeFile = (path: string, bytes: number): void => {
  const file = openSync(path, 'w')
  const piece = randomFillSync(Buffer.alloc(mebibyte))
  for (let written = 0; written < bytes; written += piece.length) writeSync(file, piece)
  closeSync(file)
}

/** A file of zeros that takes no space. */
const writeSparseFile = (path: string, bytes: number): void => {
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
}

const mebibytesPerSecond = ({ cpu }: Cost): number => 1024 / cpu

const root = mkdtempSync(join(tmpdir(), 'nootropic-bench-'))
try {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = createKeySigner({ privateKey })
  const trust = trustPublicKey({ publicKey })
  const directoryOf = (name: string): string => {
    const directory = join(root, name)
    mkdirSync(directory)
    return directory
  }
  const verify = async (directory: string, threads: number): Promise<void> => {
    const { verdict } = await verifyModel(directory, { signature: join(directory, 'model.sig'), trust, threads })
    if (verdict !== 'pass') throw new Error(`expected the model to verify, found ${verdict}`)
  }

  const one = directoryOf('one')
  const file = join(one, 'model.bin')
  writeFile(file, gibibyte)
  const rates: number[] = []
  const opensslRates: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    opensslRates.push(mebibytesPerSecond(costOfCommand('openssl dgst -sha256 model.bin > /dev/null', one)))
    rates.push(mebibytesPerSecond(await costOf(() => signModel(one, { signer, threads: 1 }))))
  }
  const verifyRate = mebibytesPerSecond(await costOf(() => verify(one, 1)))

  const several = directoryOf('several')
  for (let index = 0; index < 8; index += 1) writeFile(join(several, `${index}.bin`), gibibyte / 4)
  await signModel(several, { signer })
  // Two threads are twice as fast only where two processors are idle: rounds in which others work do not count.
  const speedUps: number[] = []
  for (let round = 0; round < maximumRounds && speedUps.length < rounds; round += 1) {
    const alone = await costOf(() => verify(several, 1))
    const together = await costOf(() => verify(several, 2))
    if (alone.isUndisturbed && together.isUndisturbed) speedUps.push(alone.elapsed / together.elapsed)
  }

  const large = directoryOf('large')
  for (let index = 0; index < 10; index += 1) writeSparseFile(join(large, `${index}.bin`), gibibyte)
  writeFileSync(join(large, 'README.md'), 'first')
  // Files that changed a moment ago are hashed again; a model that is signed anew is older than that.
  await setTimeout(2500)
  const cache = join(root, 'digests')
  const first = await costOf(() => signModel(large, { signer, digestCache: openDigestCache(cache) }))
  const again: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    writeFileSync(join(large, 'README.md'), `round ${round}`)
    again.push((await costOf(() => signModel(large, { signer, digestCache: openDigestCache(cache) }))).elapsed)
  }

  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const perSecond = (value: number): string => `${value.toFixed(0)} MiB/CPU-s`
  process.stdout.write(
    `${[
      row(['sign and verify', 'nootropic', 'rival', 'ratio', 'target']),
      row(['---', '---:', '---:', '---:', '---:']),
      row([
        'sign one file of 1 GiB (SHA-256)',
        perSecond(median(rates)),
        `openssl dgst ${perSecond(median(opensslRates))}`,
        `${(median(rates) / median(opensslRates)).toFixed(2)}`,
        '0.95',
      ]),
      row(['verify it', perSecond(verifyRate), '', '', '']),
      row([
        `verify 8 files of 256 MiB, two threads (${cpus().length} processors)`,
        speedUps.length === 0 ? 'others worked in every round' : `${median(speedUps).toFixed(2)} times as fast`,
        'one thread',
        '',
        '1.8 on idle processors',
      ]),
      row([
        'sign 10 GiB again after a change of README.md',
        `${(1e3 * median(again)).toFixed(0)} ms`,
        `at first ${first.elapsed.toFixed(1)} s`,
        '',
        '200 ms',
      ]),
      row(['memory of this process', `${Math.round(peakMemory() / mebibyte)} MiB`, '', '', '128 MiB']),
    ].join('\n')}\n`,
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
