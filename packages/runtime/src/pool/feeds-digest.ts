import { createHash } from 'node:crypto'
import type { Digest, Tensor } from '@nootropic/core'
import { encodeTensors, textOverhead } from '../worker/tensor-payload.ts'

/** Tensors by the names of a model's inputs or outputs. */
export type Tensors = Readonly<Record<string, Tensor>>

/** The bytes that feeds hold in memory. */
export const feedsByteLength = (feeds: Tensors): number => {
  let sum = 0
  for (const { data } of Object.values(feeds)) {
    // A string is counted as UTF-16, whatever the engine makes of it; an empty one takes memory too.
    if (ArrayBuffer.isView(data)) sum += data.byteLength
    else for (const text of data) sum += textOverhead + 2 * text.length
  }
  return sum
}

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1

/** Names, types and shapes: what two inputs that are equal have in common, for little work. */
const feedsShape = (feeds: Tensors): string =>
  JSON.stringify(
    Object.entries(feeds)
      .sort(byName)
      .map(([name, { type, dims }]) => [name, type, dims]),
  )

/** The digest of names, types, shapes and data; each is preceded by its length, so that nothing can be moved from one to the next. */
export const feedsDigest = (feeds: Tensors): Digest => {
  const hash = createHash('sha256')
  const { heads, parts } = encodeTensors(Object.fromEntries(Object.entries(feeds).sort(byName)))
  const head = Buffer.from(JSON.stringify(heads))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  hash.update(length).update(head)
  for (const part of parts) hash.update(part)
  return `sha256:${hash.digest('hex')}`
}

/** What an input is known by; both are found out when they are first asked for, and once. */
export interface InputIdentity {
  readonly shape: string
  readonly digest: Digest
}

export const identityOf = (feeds: Tensors): InputIdentity => {
  let shape: string | undefined
  let digest: Digest | undefined
  return {
    get shape() {
      shape ??= feedsShape(feeds)
      return shape
    },
    get digest() {
      digest ??= feedsDigest(feeds)
      return digest
    },
  }
}
