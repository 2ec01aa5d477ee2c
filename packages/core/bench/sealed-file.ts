import { execFileSync } from 'node:child_process'
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { costOf, median } from '../../../tools/bench/cost.ts'
import {
  openFloe,
  openFloeSegments,
  openFloeStream,
  sealFloe,
  sealFloeSegments,
  sealFloeStream,
} from '../src/crypto/index.ts'

// Sealing and opening in memory against the bare cipher, in one run: MiB per second of CPU time, so that other load on the
// machine does not count. The rivals do less: no framing, no key derivation, and openssl no allocation either.
const mebibyte = 1024 * 1024
const contentMebibytes = 256
const wholeMebibytes = 64
const rounds = 7

const piece = randomBytes(mebibyte)
const key = createSecretKey(randomBytes(32))
const rawKey = key.export()
const associatedData = Buffer.from('digits 1.0.0')

async function* pieces(count: number): AsyncGenerator<Buffer, void, void> {
  for (let index = 0; index < count; index += 1) yield piece
}

async function* inMebibytes(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  for (let offset = 0; offset < bytes.length; offset += mebibyte) yield bytes.subarray(offset, offset + mebibyte)
}

const drain = async (stream: AsyncIterable<Uint8Array>): Promise<void> => {
  let length = 0
  for await (const part of stream) length += part.length
  if (length < wholeMebibytes * mebibyte) throw new Error(`expected the content or more, got ${length} bytes`)
}

const rawSeal = (segmentLength: number): void => {
  for (let offset = 0; offset < mebibyte; offset += segmentLength) {
    const cipher = createCipheriv('aes-256-gcm', rawKey, randomBytes(12), { authTagLength: 16 })
    cipher.update(piece.subarray(offset, offset + segmentLength))
    cipher.final()
    cipher.getAuthTag()
  }
}

const iv = randomBytes(12)
const rawOpen = (segmentLength: number): (() => void) => {
  const cipher = createCipheriv('aes-256-gcm', rawKey, iv, { authTagLength: 16 })
  const sealed = cipher.update(piece.subarray(0, segmentLength))
  cipher.final()
  const tag = cipher.getAuthTag()
  return () => {
    for (let offset = 0; offset < mebibyte; offset += segmentLength) {
      const decipher = createDecipheriv('aes-256-gcm', rawKey, iv, { authTagLength: 16 }).setAuthTag(tag)
      decipher.update(sealed)
      decipher.final()
    }
  }
}

const times = (count: number, work: () => void): void => {
  for (let index = 0; index < count; index += 1) work()
}

/** The rate of OpenSSL's own loop, from the machine-readable line `+F:...:<bytes per second>`. */
const opensslRate = (segmentLength: number): number | undefined => {
  try {
    const options = ['speed', '-mr', '-seconds', '2', '-bytes', String(segmentLength), '-evp', 'aes-256-gcm']
    const output = execFileSync('openssl', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const rate = /^\+F:.*:([\d.]+)$/m.exec(output)?.[1]
    return rate === undefined ? undefined : Number(rate) / mebibyte
  } catch {
    return undefined
  }
}

interface Subject {
  readonly name: string
  readonly mebibytes: number
  run(): void | Promise<void>
}

const subjectsAt = (segmentLength: number): Subject[] => {
  const options = { associatedData, segmentLength }
  const content = Buffer.concat(Array.from({ length: wholeMebibytes }, () => piece))
  const sealed = sealFloe(key, content, options)
  const open = rawOpen(segmentLength)
  const repeat = contentMebibytes / wholeMebibytes
  // An opener reads one content; to open 256 MiB, 64 MiB are opened four times.
  const reopen = async (reader: typeof openFloeStream): Promise<void> => {
    for (let round = 0; round < repeat; round += 1) await drain(reader(key, inMebibytes(sealed), options))
  }
  const large = (name: string, run: Subject['run']): Subject => ({ name, mebibytes: contentMebibytes, run })
  const whole = (name: string, run: Subject['run']): Subject => ({ name, mebibytes: wholeMebibytes, run })
  return [
    large('sealFloeSegments', () => drain(sealFloeSegments(key, pieces(contentMebibytes), options))),
    large('openFloeSegments', () => reopen(openFloeSegments)),
    large('sealFloeStream', () => drain(sealFloeStream(key, pieces(contentMebibytes), options))),
    large('openFloeStream', () => reopen(openFloeStream)),
    whole('sealFloe', () => void sealFloe(key, content, options)),
    whole('openFloe', () => void openFloe(key, sealed, options)),
    large('node:crypto aes-256-gcm, encrypt', () => times(contentMebibytes, () => rawSeal(segmentLength))),
    large('node:crypto aes-256-gcm, decrypt', () => times(contentMebibytes, open)),
  ]
}

// Rounds of all subjects in turn, so that a change of the machine's speed meets all alike.
const measure = async (subjects: readonly Subject[]): Promise<Map<string, number>> => {
  const rates = new Map<string, number[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, mebibytes, run } of subjects) {
      rates.get(name)?.push(mebibytes / (await costOf(run)).cpu)
    }
  }
  return new Map([...rates].map(([name, values]) => [name, median(values)]))
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const ratio = (rate: number | undefined, rival: number | undefined): string =>
  rate === undefined || rival === undefined ? 'not there' : (rate / rival).toFixed(2)

const lines: string[] = []
for (const kibibytes of [1024, 64]) {
  const rates = await measure(subjectsAt(kibibytes * 1024))
  const openssl = opensslRate(kibibytes * 1024)
  lines.push(
    row([`segments of ${kibibytes} KiB`, 'MiB per CPU-second', 'of node:crypto', 'of openssl speed']),
    row(['---', '---:', '---:', '---:']),
  )
  for (const [name, rate] of [...rates, ['openssl speed aes-256-gcm', openssl] as const]) {
    const rival = rates.get(`node:crypto aes-256-gcm, ${/open|decrypt/.test(name) ? 'decrypt' : 'encrypt'}`)
    lines.push(
      row([name, rate === undefined ? 'not there' : Math.round(rate), ratio(rate, rival), ratio(rate, openssl)]),
    )
  }
  lines.push('')
}
process.stdout.write(`${lines.join('\n')}\n`)
