import type { ModelBytes } from '../../contracts/model.ts'
import { NootropicError } from '../../errors.ts'
import { quoted } from '../../quoted.ts'
import type { TensorProto } from './model.ts'

/** Where the values of a tensor stand outside the model. */
export interface ExternalData {
  /** As the model names it: a path relative to the model, `/` between parts. */
  readonly location: string
  readonly offset: number
  /** Absent: up to the end of the file. */
  readonly length: number | undefined
}

const refuse = (tensor: TensorProto, expected: string, found: string): NootropicError =>
  new NootropicError(
    'MODEL_MALFORMED',
    `expected the external data of tensor ${quoted(tensor.name)} to have ${expected}, found ${found}`,
  )

const wholeNumber = (tensor: TensorProto, key: string, value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number)) throw refuse(tensor, `a whole number as ${key}`, quoted(value))
  return number
}

/**
 * What a tensor's `externalData` says. The location is not checked against any directory here.
 *
 * @throws NootropicError `MODEL_MALFORMED` for a key that stands twice, a missing location or an offset that is no number
 */
export const parseExternalData = (tensor: TensorProto): ExternalData => {
  const entries = new Map<string, string>()
  for (const { key, value } of tensor.externalData) {
    if (entries.has(key)) throw refuse(tensor, `${quoted(key)} once`, 'it twice')
    entries.set(key, value)
  }
  const location = entries.get('location')
  if (location === undefined || location === '') throw refuse(tensor, 'a location', 'none')
  return {
    location,
    offset: wholeNumber(tensor, 'offset', entries.get('offset')) ?? 0,
    length: wholeNumber(tensor, 'length', entries.get('length')),
  }
}

/** A tensor's part of the file that holds it. */
export const externalBytes = (tensor: TensorProto, files: NonNullable<ModelBytes['externalData']>): Uint8Array => {
  const { location, offset, length } = parseExternalData(tensor)
  const file = files.find(({ path }) => path === location)
  if (file === undefined) throw refuse(tensor, 'a file that was given', quoted(location))
  const end = offset + (length ?? file.data.length - offset)
  if (offset > file.data.length || end > file.data.length)
    throw refuse(tensor, `a place within the ${file.data.length} bytes of ${quoted(location)}`, `${offset} to ${end}`)
  return file.data.subarray(offset, end)
}
