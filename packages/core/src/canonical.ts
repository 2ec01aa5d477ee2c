import { NootropicError } from './errors.ts'

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

// Depth beyond which a value is refused: recursion on hostile input would end the process (CWE-674).
const maximumDepth = 256

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

const refuse = (found: string): never => {
  throw new NootropicError('INTERNAL', `expected a JSON value to put in canonical form (RFC 8785), got ${found}`)
}

const text = (value: string): string => (loneSurrogate.test(value) ? refuse('a lone surrogate') : JSON.stringify(value))

const write = (value: unknown, depth: number): string => {
  if (depth > maximumDepth) return refuse(`more than ${maximumDepth} levels`)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : refuse(String(value))
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  if (typeof value === 'object') {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return refuse('an object of a class')
    // Default sort compares UTF-16 code units, as RFC 8785 section 3.2.3 asks.
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => `${text(key)}:${write(member, depth + 1)}`)
    return `{${members.join(',')}}`
  }
  return refuse(typeof value)
}

/**
 * The canonical JSON text of a value (RFC 8785): the same value always gives the same bytes, so it can be signed.
 * Members that are `undefined` are left out.
 *
 * @throws NootropicError `INTERNAL` for what JSON cannot say: NaN, infinities, lone surrogates, functions, class instances.
 * @example
 * ```ts
 * canonicalJson({ b: 1, a: [1e21, 'é'] }) // '{"a":[1e+21,"é"],"b":1}'
 * ```
 */
export const canonicalJson = (value: unknown): string => write(value, 0)
