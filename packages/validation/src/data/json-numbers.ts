import { elementCount } from '@nootropic/core'
import { unfit } from './refusals.ts'

/** Numbers of nested arrays, and how they are nested. */
export interface NestedNumbers {
  readonly shape: readonly number[]
  readonly values: number[]
}

/** Arrays inside one another (CWE-674); a video is five deep. */
const maximumDepth = 8

const advice = 'write every example as nested arrays of numbers of one shape'

const shapeOf = (path: string, value: unknown, place: string): number[] => {
  const shape: number[] = []
  for (let inner = value; Array.isArray(inner); inner = inner[0]) {
    if (shape.length >= maximumDepth)
      throw unfit(path, `nest ${maximumDepth} arrays at most in ${place}`, 'more', advice)
    shape.push(inner.length)
  }
  return shape
}

/** Flattens nested arrays of numbers, the last axis fastest. All arrays of a level must be of one length. */
export const flattenNumbers = (path: string, value: unknown, place: string): NestedNumbers => {
  const shape = shapeOf(path, value, place)
  const values: number[] = []
  const visit = (inner: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof inner !== 'number') throw unfit(path, `hold numbers in ${place}`, `a value of ${typeof inner}`, advice)
      values.push(inner)
      return
    }
    if (!Array.isArray(inner) || inner.length !== shape[depth])
      throw unfit(path, `hold arrays of the shape [${shape}] in ${place}`, 'one of another length', advice)
    for (const each of inner) visit(each, depth + 1)
  }
  visit(value, 0)
  return { shape, values }
}

/** A row of numbers cut into examples; nested ones have their examples on the first axis already. */
export const splitExamples = (
  path: string,
  { shape, values }: NestedNumbers,
  example: readonly number[] | undefined,
): { readonly shape: readonly number[]; readonly count: number } => {
  if (shape.length > 1) return { shape: shape.slice(1), count: shape[0] ?? 0 }
  if (example === undefined)
    throw unfit(
      path,
      'say where an example ends',
      `one row of ${values.length} numbers`,
      'declare the `shape` of an example',
    )
  const count = values.length / elementCount(example)
  if (!Number.isInteger(count))
    throw unfit(
      path,
      `hold examples of ${elementCount(example)} numbers`,
      `${values.length} numbers`,
      'declare the `shape` of an example',
    )
  return { shape: example, count }
}
