import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

// What a ring asks for is done before its MAC can be verified, so both ends are bounded: above, memory and time that a
// hostile file may take (CWE-770, CWE-400); below, what OWASP's Password Storage Cheat Sheet calls the least.
const mebibyteInKibibytes = 1024

const argon2idSchema = z.strictObject({
  name: z.literal('argon2id'),
  memoryKibibytes: z
    .number()
    .int()
    .min(19 * mebibyteInKibibytes)
    .max(1024 * mebibyteInKibibytes),
  iterations: z.number().int().min(2).max(16),
  parallelism: z.number().int().min(1).max(16),
})

// N = 2^17 with r = 8 takes 128 MiB, 2^20 takes 1 GiB.
const scryptSchema = z.strictObject({
  name: z.literal('scrypt'),
  logN: z.number().int().min(17).max(20),
  r: z.literal(8),
  p: z.number().int().min(1).max(16),
})

/** A password hash and its cost. */
export type PassphraseDerivation = z.infer<typeof passphraseDerivationSchema>
export const passphraseDerivationSchema = z.discriminatedUnion('name', [argon2idSchema, scryptSchema])

/** Argon2id with 64 MiB, three passes and four lanes: the second recommendation of RFC 9106 section 4. */
export const defaultDerivation: PassphraseDerivation = {
  name: 'argon2id',
  memoryKibibytes: 64 * mebibyteInKibibytes,
  iterations: 3,
  parallelism: 4,
}

const keyLength = 32
const scryptKey = promisify<
  Uint8Array,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt)

/** 32 bytes from a passphrase. hash-wasm works in memory of its own, which it does not wipe. */
export const derivePassphraseKey = async (
  passphrase: Uint8Array,
  salt: Uint8Array,
  derivation: PassphraseDerivation,
): Promise<Uint8Array> => {
  if (derivation.name === 'scrypt') {
    const { logN, r, p } = derivation
    const N = 2 ** logN
    return scryptKey(passphrase, salt, keyLength, { N, r, p, maxmem: 128 * r * (N + p) + 1024 * 1024 })
  }
  const { argon2id } = await import('hash-wasm')
  return argon2id({
    password: passphrase,
    salt,
    memorySize: derivation.memoryKibibytes,
    iterations: derivation.iterations,
    parallelism: derivation.parallelism,
    hashLength: keyLength,
    outputType: 'binary',
  })
}
