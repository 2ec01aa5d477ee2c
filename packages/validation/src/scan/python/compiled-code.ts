import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { readMarshal } from './marshal.ts'
import { reachingNames } from './reaching-names.ts'
import { pythonRules } from './rules.ts'

/** A code object of marshal, alone or with the flag of a reference. */
const isCodeByte = (byte: number | undefined): boolean => byte === 0x63 || byte === 0xe3

/** Magic numbers that CPython has used (`importlib/_bootstrap_external.py`), and how long the header before the code is. */
const headerLengths: readonly (readonly [from: number, to: number, length: number])[] = [
  [62011, 62211, 8], // 2.5 to 2.7
  [3000, 3210, 8], // 3.0 to 3.2
  [3220, 3379, 12], // 3.3 to 3.6
  [3390, 3999, 16], // 3.7 and later
]

const headerLength = (head: Uint8Array): number | undefined => {
  if (head[2] !== 0x0d || head[3] !== 0x0a) return undefined
  const number = (head[0] ?? 0) + (head[1] ?? 0) * 256
  return headerLengths.find(([from, to]) => number >= from && number <= to)?.[2]
}

const reportCode = (names: ReadonlySet<string>, start: number, inspection: Inspection): void => {
  const reached = [...names].filter((name) => reachingNames.has(name))
  inspection.report({
    rule: pythonRules['compiled-code'],
    severity: reached.length > 0 ? 'high' : undefined,
    message: `expected a model, found compiled code of Python${reached.length > 0 ? ` that names ${reached.map(printable).join(', ')}` : ''}`,
    offset: start,
    evidence: { names: [...names].slice(0, 50).map(printable) },
  })
}

const inspectCompiledFile = (content: ByteSource, inspection: Inspection): void => {
  const start = headerLength(content.read(0, 4)) ?? 0
  const code = readMarshal(content, start, inspection.budget)
  if (code === undefined) inspection.incomplete('not scanned: compiled code that could not be read')
  reportCode(code?.names ?? new Set(), start, inspection)
}

const inspectMarshal = (content: ByteSource, inspection: Inspection): void => {
  const code = readMarshal(content, 0, inspection.budget)
  if (code === undefined) inspection.incomplete('not scanned: it opens like compiled code and could not be read')
  else reportCode(code.names, 0, inspection)
}

const recogniseCompiledFile = ({ head }: Sample): Recognition => {
  const length = headerLength(head)
  return length !== undefined && isCodeByte(head[length]) ? 'certain' : undefined
}

/** Small counts, as the arguments, locals and stack of any function are: the high bytes of each integer are zero. */
const opensLikeCode = (head: Uint8Array): boolean =>
  isCodeByte(head[0]) && [1, 5, 9, 13].every((at) => head[at + 2] === 0 && head[at + 3] === 0)

const recogniseMarshal = ({ head }: Sample): Recognition => (opensLikeCode(head) ? 'likely' : undefined)

/** A module that Python has compiled: `__pycache__/*.pyc`. */
export const compiledFileFormat: Format = {
  name: 'python-bytecode',
  title: 'compiled Python module',
  recognise: recogniseCompiledFile,
  inspect: inspectCompiledFile,
}

/** A code object alone, as `marshal.dumps` writes it and a loader would hand it to `exec`. */
export const marshalFormat: Format = {
  name: 'python-marshal',
  title: 'marshalled Python code',
  recognise: recogniseMarshal,
  inspect: inspectMarshal,
}
