/** What is known of a value of a graph before anything runs. */
export interface Value {
  /** Its dims, each at least this; unknown when the rank is. */
  readonly dims?: readonly number[] | undefined
  /** Whether the dims are what they will be, and not only lower bounds. */
  readonly isExact: boolean
  /** Elements that it will have at least; of texts, characters. */
  readonly elements: number
  /** Its numbers, when it is a short constant. */
  readonly numbers?: readonly number[] | undefined
}

/** Numbers of a constant that are followed through a graph: what says a size is short (CWE-770). */
export const maximumNumbers = 512

export const product = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total * Math.abs(number), 1)

/** The largest of some numbers, at least one. Not by spreading: a hostile node has a million inputs. */
export const largest = (numbers: readonly number[]): number =>
  numbers.reduce((most, number) => Math.max(most, number), 1)

/** A value of which nothing is known but that it is there. */
export const unknownValue: Value = { isExact: false, elements: 1 }

/** A value of these dims; a dim that may vary counts as one. */
export const shaped = (dims: readonly number[], isExact: boolean): Value => ({
  dims,
  isExact,
  elements: product(dims),
})

/** A value of unknown rank with at least so many elements. */
export const sized = (elements: number): Value => ({ isExact: false, elements })

/** A short constant; without dims a list. */
export const constant = (numbers: readonly number[], dims: readonly number[] = [numbers.length]): Value => ({
  ...shaped(dims, true),
  ...(numbers.length > maximumNumbers ? {} : { numbers }),
})

/** The dims, if they are what they will be. */
export const exactDims = (value: Value | undefined): readonly number[] | undefined =>
  value?.isExact === true ? value.dims : undefined
