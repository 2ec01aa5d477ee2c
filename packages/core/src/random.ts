import { randomBytes, randomUUID } from 'node:crypto'

/** Unpredictable bytes as a parameter: for ids, keys and nonces. */
export interface Random {
  bytes(length: number): Buffer
  uuid(): string
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
}

/** Reproducible numbers, for attacks, probes and tests. Never for a key, an id or a nonce. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number
  /** Normal with mean 0 and deviation 1. */
  normal(): number
  /** A whole number in [0, bound). */
  integer(bound: number): number
}

/**
 * A seeded generator: sfc32 over the seed, the same sequence on every platform.
 *
 * @param seed a whole number in [0, 2^32).
 */
export const createSeededRandom = (seed: number): SeededRandom => {
  // sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush.
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = seed >>> 0
  let counter = 1
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }
  for (let round = 0; round < 12; round += 1) next()
  const uniform = (): number => next() / 4294967296
  return {
    uniform,
    // Box and Muller (1958); 1 - u keeps the logarithm away from zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (bound) => Math.floor(uniform() * bound),
  }
}
