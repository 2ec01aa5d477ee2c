import { execFileSync } from 'node:child_process'
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { openFloe, openFloeStream, sealFloe, sealFloeStream } from '../src/crypto/index.ts'

// Sealing and opening against the bare cipher, in one run: MiB per second of CPU time, so that other load on the machine
// does not count. The rivals do less: no framing, no key derivation, one segment, and openssl no allocation either.
const mebibyte = 1024 * 1024
const contentMebibytes = 64
const rounds = 6

const content = randomBytes(contentMebibytes * mebibyte)
const key = createSecretKey(randomBytes(32))
const associatedData = Buffer.from('digits 1.0.0')
const sealed = sealFloe(key, content, { associatedData })

async function* inMebibytes(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  for (let offset = 0; offset < bytes.length; offset += mebibyte) yield bytes.subarray(offset, offset + mebibyte)
}

const drain = async (stream: AsyncIterable<Uint8Array>): Promise<void> => {
  let length = 0
  for await (const piece of stream) length += piece.length
  if (length < content.length) throw new Error(`expected ${content.length} bytes or more, got ${length}`)
}

const rawKey = key.export()
const iv = randomBytes(12)
const rawSeal = (piece: Buffer): { encrypted: Buffer; tag: Buffer } => {
  const cipher = createCipheriv('aes-256-gcm', rawKey, iv, { authTagLength: 16 })
  const encrypted = cipher.update(piece)
  cipher.final()
  return { encrypted, tag: cipher.getAuthTag() }
}
const pieces = Array.from({ length: contentMebibytes }, (_, index) =>
  content.subarray(index * mebibyte, (index + 1) * mebibyte),
)
const rawSealed = pieces.map(rawSeal)
const rawOpen = ({ encrypted, tag }: { encrypted: Buffer; tag: Buffer }): void => {
  const decipher = createDecipheriv('aes-256-gcm', rawKey, iv, { authTagLength: 16 })
  decipher.setAuthTag(tag)
  decipher.update(encrypted)
  decipher.final()
}

// The rate of OpenSSL's own loop, from the machine-readable line `+F:...:<bytes per second>`.
const opensslRate = (): number | undefined => {
  try {
    const options = ['speed', '-mr', '-seconds', '2', '-bytes', String(mebibyte), '-evp', 'aes-256-gcm']
    const output = execFileSync('openssl', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const rate = /^\+F:.*:([\d.]+)$/m.exec(output)?.[1]
    return rate === undefined ? undefined : Number(rate) / mebibyte
  } catch {
    return undefined
  }
}

const subjects: [name: string, operation: () => void | Promise<void>][] = [
  ['sealFloe', () => void sealFloe(key, content, { associatedData })],
  ['sealFloeStream', () => drain(sealFloeStream(key, inMebibytes(content), { associatedData }))],
  ['openFloe', () => void openFloe(key, sealed, { associatedData })],
  ['openFloeStream', () => drain(openFloeStream(key, inMebibytes(sealed), { associatedData }))],
  ['node:crypto aes-256-gcm, encrypt', () => pieces.forEach(rawSeal)],
  ['node:crypto aes-256-gcm, decrypt', () => rawSealed.forEach(rawOpen)],
]

// Rounds of all subjects in turn, so that a change of the machine's speed meets all alike; the best round counts.
const best = new Map<string, number>()
for (let round = 0; round < rounds; round += 1) {
  for (const [name, operation] of subjects) {
    const start = process.cpuUsage()
    await operation()
    const { user, system } = process.cpuUsage(start)
    best.set(name, Math.max(best.get(name) ?? 0, contentMebibytes / ((user + system) / 1e6)))
  }
}
const rates = new Map([...best, ['openssl speed aes-256-gcm', opensslRate()] as const])
const rateOf = (name: string): number | undefined => rates.get(name)

const row = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`
const ratio = (rate: number | undefined, rival: number | undefined): string =>
  rate === undefined || rival === undefined ? 'not there' : (rate / rival).toFixed(2)
const lines = [
  row(['sealed files, 1 MiB segments', 'MiB per CPU-second', 'of node:crypto', 'of openssl speed']),
  row(['---', '---:', '---:', '---:']),
  ...[...rates].map(([name, rate]) => {
    const rival = /open|decrypt/i.test(name) && !name.startsWith('openssl') ? 'decrypt' : 'encrypt'
    return row([
      name,
      rate === undefined ? 'not there' : Math.round(rate),
      ratio(rate, rateOf(`node:crypto aes-256-gcm, ${rival}`)),
      ratio(rate, rateOf('openssl speed aes-256-gcm')),
    ])
  }),
]
process.stdout.write(`${lines.join('\n')}\n`)
