import type { FlatBuffer } from '../../wire/flat-buffer.ts'

/** Numbers of fields in TensorFlow Lite's schema (tensorflow/compiler/mlir/lite/schema/schema.fbs). */
export const modelFields = { operatorCodes: 1, subgraphs: 2, buffers: 4 } as const
const codeFields = { deprecatedBuiltin: 0, custom: 1, builtin: 3 } as const
export const subgraphFields = { tensors: 0, inputs: 1, outputs: 2, operators: 3 } as const
export const tensorFields = { shape: 0, type: 1, buffer: 2, name: 3, sparsity: 6 } as const
export const operatorFields = {
  code: 0,
  inputs: 1,
  outputs: 2,
  options: 4,
  customOptions: 5,
  intermediates: 8,
} as const
const bufferFields = { data: 0, offset: 1, size: 2 } as const

/** Bytes of one element, by the number of a TensorType; text and resources have no fixed size. */
export const elementBytes: readonly (number | undefined)[] = [
  4,
  2,
  4,
  1,
  8,
  undefined,
  1,
  2,
  8,
  1,
  8,
  16,
  8,
  undefined,
  undefined,
  4,
  2,
  0.5,
]

/** Operators that run subgraphs, and the fields of their options that name them. */
export const callFields: ReadonlyMap<number, readonly number[]> = new Map([
  [118, [0, 1]],
  [119, [0, 1]],
  [129, [0]],
])

/** An entry of the table of operators. */
export interface OperatorCode {
  readonly builtin: number
  readonly custom: string
}

/** The number of an operator that is told by its name. */
export const customBuiltin = 32

/** The table of operators. */
export function* readOperatorCodes(file: FlatBuffer, model: number): Generator<OperatorCode> {
  for (const code of file.tables(model, modelFields.operatorCodes)) {
    const old = file.field(code, codeFields.deprecatedBuiltin)
    const builtin = file.field(code, codeFields.builtin)
    yield {
      // Old writers have the first field only, newer ones put a placeholder there.
      builtin: Math.max(old === undefined ? 0 : file.i8(old), builtin === undefined ? 0 : file.i32(builtin)),
      custom: file.text(code, codeFields.custom),
    }
  }
}

/** Bytes of each buffer, and where they begin; those of large models stand behind the FlatBuffer. */
export function* readBuffers(
  file: FlatBuffer,
  model: number,
): Generator<{ readonly start: number; readonly length: number }> {
  for (const buffer of file.tables(model, modelFields.buffers)) {
    const offset = file.field(buffer, bufferFields.offset)
    const size = file.field(buffer, bufferFields.size)
    const start = offset === undefined ? 0 : file.u64(offset)
    if (start > 1) yield { start, length: size === undefined ? 0 : file.u64(size) }
    else yield file.vector(buffer, bufferFields.data, 1)
  }
}
