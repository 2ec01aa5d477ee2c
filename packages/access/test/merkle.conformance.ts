import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { verifyConsistency, verifyInclusion } from '../src/audit/proof.ts'

const shared = process.env.NOOTROPIC_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const vectors = join(shared, 'data/merkle')

interface Vector {
  readonly file: string
  readonly wantErr: boolean
  readonly [name: string]: unknown
}

// JSON.parse rounds 2^64 - 1: read whole numbers as text, then as BigInt.
const read = (file: string): Vector => ({
  file,
  ...JSON.parse(readFileSync(file, 'utf8').replace(/: (\d{16,})/g, ': "$1"')),
})

const load = (kind: string): Vector[] => {
  const directory = join(vectors, kind)
  if (!existsSync(directory)) {
    throw new Error(
      `expected the RFC 6962 vectors in ${directory}; set NOOTROPIC_SHARED to the folder that has data/merkle`,
    )
  }
  return readdirSync(directory, { recursive: true })
    .map((name) => join(directory, String(name)))
    .filter((file) => file.endsWith('.json') && statSync(file).isFile())
    .map(read)
}

const whole = (value: unknown): bigint => BigInt(value as string | number)
const isAccepted = (check: () => void): boolean => {
  try {
    check()
    return true
  } catch {
    return false
  }
}
const hashes = (value: unknown): string[] => (value ?? []) as string[]

test('every inclusion vector of transparency-dev/merkle is judged as it should be', () => {
  const all = load('inclusion')
  expect(all).toHaveLength(98)
  const wrong = all.filter(({ leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
    const given = { index: whole(leafIdx), size: whole(treeSize), root: String(root), leafHash: String(leafHash) }
    return isAccepted(() => verifyInclusion({ ...given, hashes: hashes(proof) })) === wantErr
  })
  expect(wrong.map(({ file }) => file)).toEqual([])
})

test('every consistency vector of transparency-dev/merkle is judged as it should be, except a root of 12 bytes', () => {
  const all = load('consistency')
  expect(all).toHaveLength(98)
  const wrong = all.filter(({ size1, size2, root1, root2, proof, wantErr }) => {
    const from = { size: whole(size1), root: String(root1) }
    const to = { size: whole(size2), root: String(root2) }
    return isAccepted(() => verifyConsistency({ from, to, hashes: hashes(proof) })) === wantErr
  })
  // This vector accepts any two equal roots of one size; no log has a root of 12 bytes, so it is refused here.
  expect(
    wrong.map(({ file, root1 }) => [file.slice(vectors.length + 1), Buffer.from(String(root1), 'base64').length]),
  ).toEqual([['consistency/additional/sizes-are-equal-one-and-proof-is-empty.json', 12]])
  const root = Buffer.alloc(32, 7).toString('base64')
  expect(isAccepted(() => verifyConsistency({ from: { size: 1, root }, to: { size: 1, root }, hashes: [] }))).toBe(true)
})
