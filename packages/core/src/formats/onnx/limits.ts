import { NootropicError } from '../../errors.ts'

/** What {@link readOnnx} and {@link readOnnxFile} accept at most. Every model is untrusted until it was read. */
export interface OnnxLimits {
  /** Bytes of the file. */
  readonly fileBytes: number
  /** Messages inside one another. */
  readonly depth: number
  /** Messages of all kinds. */
  readonly messages: number
  readonly nodes: number
  readonly tensors: number
  readonly attributes: number
  /** Fields, and numbers in packed fields. */
  readonly values: number
  /** Values that are kept as views: bytes of tensors and attributes, unknown fields. */
  readonly views: number
  /** Dimensions of one tensor or shape. */
  readonly rank: number
  /** Bytes of one text. */
  readonly textBytes: number
  /** Bytes of all texts, and of all else that `readOnnxFile` holds in memory. */
  readonly heldBytes: number
}

/** The limits where the caller names no others. */
export const onnxLimits: OnnxLimits = {
  // protobuf refuses longer messages, so no runtime can load one; larger models keep their tensors outside (CWE-770).
  fileBytes: 2 ** 31 - 1,
  // protobuf's own recursion limit, which is onnxruntime's: deeper would end this process's stack (CWE-674).
  depth: 100,
  // An empty message takes 2 bytes in the file and some 250 here, half a gigabyte at this limit (CWE-409).
  messages: 2 ** 21,
  // The largest exported graphs, unrolled language models, have some 100,000 nodes; every check visits each (CWE-770).
  nodes: 2 ** 18,
  tensors: 2 ** 18,
  attributes: 2 ** 20,
  // A second or two of reading; an ensemble of trees holds some ten numbers for each of its nodes (CWE-400).
  values: 2 ** 23,
  // A view takes 2 bytes in the file and some 200 here; vocabularies have up to a million entries (CWE-409).
  views: 2 ** 21,
  // NumPy's maximum; no operator of ONNX needs more than 6 (CWE-770).
  rank: 64,
  // Texts are copied into strings; documentation and metadata stay far below (CWE-770).
  textBytes: 2 ** 24,
  heldBytes: 2 ** 28,
}

/** The refusal of bytes that are not a model; it names the byte, in its sentence and as `details.offset`. */
export const malformed = (offset: number, expected: string, found: string): NootropicError =>
  new NootropicError('MODEL_MALFORMED', `expected ${expected}, found ${found}, at byte ${offset}`, {
    details: { offset },
  })

/** The refusal of a model that asks for more than a limit. */
export const exceeded = (limit: keyof OnnxLimits, maximum: number, offset: number): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} (limit ${limit}), found more, at byte ${offset}; raise limits.${limit} if you trust the file`,
    { details: { offset, limit, maximum } },
  )
