import type { Finding } from '@nootropic/core'
import type { ByteRange, OnnxModel, TensorBytes, TensorProto } from '@nootropic/core/formats'

/** What a rule looks at. */
export interface OnnxScan {
  readonly model: OnnxModel
  /** The file, as findings shall name it. */
  readonly path: string
  /** The bytes that the model was read from, when they are in memory: findings then say at which of them they stand. */
  readonly file?: Uint8Array | undefined
  /** Reads bytes that the reader left on disk; without it rules that need them say that they could not look. */
  readonly readBytes?: ((range: ByteRange) => Uint8Array) | undefined
}

/** One family of findings. It never runs the model and never follows a path that the model names. */
export interface OnnxRule {
  readonly name: string
  check(scan: OnnxScan): Finding[]
}

/** What a rule says of one place; file, references and tags have their defaults. */
export type Observation = Pick<Finding, 'rule' | 'severity' | 'title' | 'message' | 'remediation' | 'tags'> & {
  readonly inside: string
  readonly offset?: number | undefined
  readonly evidence?: Finding['evidence']
  readonly references?: readonly string[]
}

// Names come out of the model and may be of any length and hold control characters (CWE-117).
const maximumNameLength = 200

/** A name out of the model, fit for a sentence. */
export const printable = (name: string): string => {
  const shown = name.slice(0, maximumNameLength).replace(/\p{Cc}/gu, '\uFFFD')
  return name.length > maximumNameLength ? `${shown}…` : shown
}

/** A finding about the scanned file. */
export const findingAt = (scan: OnnxScan, observation: Observation): Finding => {
  const { inside, offset, evidence, references = [], ...rest } = observation
  return {
    ...rest,
    location: { path: scan.path, ...(offset === undefined ? {} : { offset }), inside: printable(inside) },
    ...(evidence === undefined ? {} : { evidence }),
    references: [...references],
  }
}

/** Where a tensor's raw bytes stand in the file; unknown when it keeps its values elsewhere. */
export const tensorOffset = ({ file }: OnnxScan, { rawData }: TensorProto): number | undefined => {
  if (rawData === undefined || !(rawData instanceof Uint8Array)) return rawData?.offset
  return rawData.buffer === file?.buffer ? rawData.byteOffset - file.byteOffset : undefined
}

/** How many bytes there are, read or not. */
export const bytesLength = (bytes: TensorBytes): number => bytes.length

/** The first `length` bytes, wherever they are; nothing when they stay on disk and cannot be read. */
export const leadingBytes = (scan: OnnxScan, bytes: TensorBytes, length: number): Uint8Array | undefined => {
  if (bytes instanceof Uint8Array) return bytes.subarray(0, length)
  return scan.readBytes?.({ offset: bytes.offset, length: Math.min(length, bytes.length) })
}
