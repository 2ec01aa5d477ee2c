import { createHash, hash } from 'node:crypto'
import { z } from 'zod'

/** A SHA-256 digest, `sha256:<hex>`. */
export type Digest = `sha256:${string}`

/** The schema of {@link Digest}. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lower-case hexadecimal digits')
  .transform((digest) => digest as Digest)

/**
 * The SHA-256 digest of bytes or of UTF-8 text.
 *
 * @example
 * ```ts
 * sha256('abc') // 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
 * ```
 */
export const sha256 = (data: Uint8Array | string): Digest => `sha256:${hash('sha256', data)}`

/** A file of a model, by its path inside the model (`/` between parts) and the digest of its bytes. */
export interface FileDigest {
  readonly path: string
  readonly digest: Digest
}

/**
 * The digest of a model: the root of OpenSSF Model Signing v1.0 over its files, SHA-256 over the files' raw digests in
 * the order of their paths by code point. A single file is a model of one file.
 */
export const modelDigest = (files: readonly FileDigest[]): Digest => {
  const root = createHash('sha256')
  const ordered = [...files].sort((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)))
  for (const file of ordered) root.update(Buffer.from(file.digest.slice('sha256:'.length), 'hex'))
  return `sha256:${root.digest('hex')}`
}
