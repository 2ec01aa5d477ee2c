import type { ByteRange, OnnxModel, TensorBytes, TensorProto } from '@nootropic/core/formats'

/** What a check looks at. */
export interface OnnxScan {
  readonly model: OnnxModel
  /** The file, as findings shall name it. */
  readonly path: string
  /** The bytes that the model was read from, when they are in memory: findings then say at which of them they stand. */
  readonly file?: Uint8Array | undefined
  /** Reads bytes that the reader left on disk; without it, checks that need them leave them out. */
  readonly readBytes?: ((range: ByteRange) => Uint8Array) | undefined
  /** To be called in every long loop: throws when the time for the file is over. */
  readonly checkTime?: (() => void) | undefined
  /** The version of onnxruntime that would run the model; unknown when absent. */
  readonly runtimeVersion?: string | undefined
}

/** Where a tensor's raw bytes stand in the file; unknown when it keeps its values elsewhere. */
export const tensorOffset = ({ file }: OnnxScan, { rawData }: TensorProto): number | undefined => {
  if (rawData === undefined || !(rawData instanceof Uint8Array)) return rawData?.offset
  return rawData.buffer === file?.buffer ? rawData.byteOffset - file.byteOffset : undefined
}

/** The first `length` bytes, wherever they are; nothing when they stay on disk and cannot be read. */
export const leadingBytes = (scan: OnnxScan, bytes: TensorBytes, length: number): Uint8Array | undefined => {
  if (bytes instanceof Uint8Array) return bytes.subarray(0, length)
  return scan.readBytes?.({ offset: bytes.offset, length: Math.min(length, bytes.length) })
}
