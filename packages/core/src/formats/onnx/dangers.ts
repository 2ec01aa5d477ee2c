import type { OnnxModel } from './model.ts'
import { walkContents } from './walk.ts'

/** What makes loading a model an attack on its host, whatever runtime loads it. */
export type OnnxDangerKind =
  /** A tensor's bytes are to be read from outside the directory of the model. */
  | 'external-data-escapes'
  /** A tensor's bytes are to be read from an address in memory. */
  | 'external-data-memory'
  /** An operator hands control to an interpreter. */
  | 'interpreter-operator'

/** One danger, as plain data. */
export interface OnnxDanger {
  readonly kind: OnnxDangerKind
  /** Where in the model, such as `graph.node[3]`. */
  readonly place: string
  /** What stands there, in a few words. Names in it come out of the model. */
  readonly found: string
}

/** Dangers that are listed: a hostile model could hold a million (CWE-770). */
const maximumDangers = 100

/**
 * Where the location of external data leads when it is no path inside the model's own directory; nothing when it is.
 *
 * The location is text out of the model, and no file is looked at. It is judged for every system at once: what is a plain
 * name on Linux may be a drive or a share on Windows.
 */
export const refuseLocation = (location: string): Omit<OnnxDanger, 'place'> | undefined => {
  // onnxruntime takes this marker for "the offset is an address in memory" (microsoft/onnxruntime pull 29011, CWE-822).
  if (location.includes('_ORT_MEM_ADDR_')) return { kind: 'external-data-memory', found: 'a memory address' }
  const escapes = (found: string): Omit<OnnxDanger, 'place'> => ({ kind: 'external-data-escapes', found })
  if (/\p{Cc}/u.test(location)) return escapes('a control character')
  if (/^[\\/]{2}/.test(location)) return escapes('a UNC path')
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(location)) return escapes('a URL')
  if (/^([\\/]|[A-Za-z]:|~)/.test(location)) return escapes('an absolute path')
  if (location.split(/[\\/]/).includes('..')) return escapes('a step out of the directory')
  return undefined
}

// PyOp and PyCustomOp (onnxruntime-extensions), PythonOp (onnxruntime training), ATen (PyTorch), and what such operators
// are called where somebody wrote one of his own.
const interpreterOperator =
  /^(py(thon|custom)?(op|func|call)\w*|eagerpyfunc|aten|aten_?op|opaque|script|exec|eval|system|shell)$/i

/** Whether an operator of this name, in whichever domain, hands control to an interpreter. */
export const isInterpreterOperator = (opType: string): boolean => interpreterOperator.test(opType)

/** The key of an operator or function; a name cannot hold the separator unnoticed, for no operator's name does. */
const operatorKey = (domain: string, name: string): string => `${domain}\0${name}`

function* walkDangers(model: OnnxModel): Generator<OnnxDanger> {
  const local = new Set(model.functions.map(({ domain, name }) => operatorKey(domain, name)))
  for (const content of walkContents(model)) {
    if ('tensor' in content) {
      for (const { key, value } of content.tensor.externalData) {
        const refusal = key === 'location' ? refuseLocation(value) : undefined
        if (refusal !== undefined) yield { ...refusal, place: content.place() }
      }
      continue
    }
    const { domain, opType } = content.node
    if (!isInterpreterOperator(opType) || local.has(operatorKey(domain, opType))) continue
    yield { kind: 'interpreter-operator', place: content.place(), found: `${domain || 'ai.onnx'}:${opType}` }
  }
}

/**
 * What in a model attacks whoever loads it: external data that leads elsewhere, addresses in memory, operators that run
 * code of another language. At most 100 are listed. A model without them may still be malformed or exhaust its host;
 * that is for `@nootropic/validation` to say.
 *
 * @example
 * ```ts
 * findOnnxDangers(readOnnx(bytes)) // [{ kind: 'external-data-escapes', place: 'graph.initializer[0]', found: 'an absolute path' }]
 * ```
 */
export const findOnnxDangers = (model: OnnxModel): OnnxDanger[] => {
  const dangers: OnnxDanger[] = []
  for (const danger of walkDangers(model)) {
    dangers.push(danger)
    if (dangers.length === maximumDangers) break
  }
  return dangers
}
