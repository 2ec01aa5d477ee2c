import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, scryptSync } from 'node:crypto'
import { mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argon2id } from 'hash-wasm'
import { costOf, median } from '../../../tools/bench/cost.ts'
import { openKeyStore, passphraseProtection } from '../src/crypto/index.ts'

// What the key store costs over its parts, in one run and in turns: the bare cipher over as many keys, a lone durable
// write of as many bytes, and the bare password hash. CPU time for what computes, wall time for what waits for the disk.
const keyCount = 10_000
const rounds = 5

type Subject = readonly [
  name: string,
  kind: 'cpu' | 'elapsed',
  operation: () => unknown,
  rival: string,
  bare: () => unknown,
]

const home = await mkdtemp(join(tmpdir(), 'nootropic-bench-keys-'))
const digits = { purpose: 'vault', id: 'digits 1.0.0' }
const full = await openKeyStore({ directory: join(home, 'full') })
await Promise.all(Array.from({ length: keyCount }, () => full.createDataKey(digits)))
const small = await openKeyStore({ directory: join(home, 'small') })
await small.createDataKey(digits)

const wrapping = createSecretKey(randomBytes(32))
const iv = randomBytes(12)
const wrap = (key: Uint8Array): { encrypted: Buffer; tag: Buffer } => {
  const cipher = createCipheriv('aes-256-gcm', wrapping, iv, { authTagLength: 16 })
  const encrypted = Buffer.concat([cipher.update(key), cipher.final()])
  return { encrypted, tag: cipher.getAuthTag() }
}
const wrapped = Array.from({ length: keyCount }, () => wrap(randomBytes(32)))
const rewrapBare = (): void => {
  for (const { encrypted, tag } of wrapped) {
    const decipher = createDecipheriv('aes-256-gcm', wrapping, iv, { authTagLength: 16 }).setAuthTag(tag)
    wrap(Buffer.concat([decipher.update(encrypted), decipher.final()]))
  }
}

const writeBare = async (from: string): Promise<void> => {
  const bytes = await readFile(join(home, from, 'keys.json'))
  const handle = await open(join(home, 'bare.new'), 'w', 0o600)
  await handle.writeFile(bytes)
  await handle.sync()
  await handle.close()
  await rename(join(home, 'bare.new'), join(home, 'bare'))
  const directory = await open(home)
  await directory.sync()
  await directory.close()
}

const passphrase = 'correct horse battery staple'
const locked = join(home, 'locked')
const openLocked = () =>
  openKeyStore({ directory: locked, protection: passphraseProtection({ passphrase: async () => passphrase }) })
await openLocked()
const salt = randomBytes(16)
const hashBare = () =>
  argon2id({ password: passphrase, salt, memorySize: 65_536, iterations: 3, parallelism: 4, hashLength: 32 })

const subjects: readonly Subject[] = [
  [`rotate ${keyCount} keys`, 'cpu', () => full.rotate(), 'node:crypto, unwrap and wrap', rewrapBare],
  [`rotate ${keyCount} keys`, 'elapsed', () => full.rotate(), 'a durable write of the ring', () => writeBare('full')],
  [
    'create a key, the only caller',
    'elapsed',
    () => small.createDataKey(digits),
    'a durable write of the ring',
    () => writeBare('small'),
  ],
  [
    'create 100 keys at once',
    'elapsed',
    () => Promise.all(Array.from({ length: 100 }, () => small.createDataKey(digits))),
    'a durable write of the ring',
    () => writeBare('small'),
  ],
  [
    `create a key beside ${keyCount}`,
    'elapsed',
    () => full.createDataKey(digits),
    'a durable write of the ring',
    () => writeBare('full'),
  ],
  ['unlock by passphrase (argon2id, 64 MiB, t3, p4)', 'cpu', openLocked, 'hash-wasm argon2id', hashBare],
  [
    'unlock by passphrase (argon2id, 64 MiB, t3, p4)',
    'cpu',
    openLocked,
    'node:crypto scrypt, 2^17',
    () => scryptSync(passphrase, salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }),
  ],
]

const lines = ['| key store | ms | rival | ms | ratio |', '| --- | ---: | --- | ---: | ---: |']
for (const [name, kind, operation, rival, bare] of subjects) {
  const own: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    own.push(1e3 * (await costOf(operation))[kind])
    theirs.push(1e3 * (await costOf(bare))[kind])
  }
  const [ownTime, rivalTime] = [median(own), median(theirs)]
  const label = kind === 'cpu' ? 'CPU' : 'elapsed'
  lines.push(
    `| ${name}, ${label} | ${ownTime.toFixed(1)} | ${rival} | ${rivalTime.toFixed(1)} | ${(ownTime / rivalTime).toFixed(2)} |`,
  )
}
await rm(home, { recursive: true })
process.stdout.write(`${lines.join('\n')}\n`)
