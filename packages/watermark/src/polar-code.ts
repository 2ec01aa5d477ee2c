/**
 * Polar codes (Arıkan, "Channel Polarization", 2009) with the list decoder of Tal and Vardy ("List Decoding of Polar
 * Codes", 2015) in its log-likelihood form (Balatsoukas-Stimming et al., 2015). Bits are bytes of 0 and 1.
 *
 * @module
 */

/**
 * The positions of the input word that carry information, ascending: the `count` most reliable by polarization weight,
 * w(i) = sum over the set bits j of i of 2^(j/4) (He et al., "Beta-expansion", 2017). The others are frozen to 0.
 */
export const informationPositions = (length: number, count: number): number[] => {
  const weight = (index: number): number => {
    let sum = 0
    for (let bit = 0; 1 << bit <= index; bit += 1) if ((index >> bit) & 1) sum += 2 ** (bit / 4)
    return sum
  }
  return Array.from({ length }, (_, index) => ({ index, weight: weight(index) }))
    .sort((left, right) => right.weight - left.weight || right.index - left.index)
    .slice(0, count)
    .map(({ index }) => index)
    .sort((left, right) => left - right)
}

/** The codeword of `length` (a power of two) bits that carries `information`. */
export const encodePolar = (information: Uint8Array, length: number): Uint8Array => {
  const word = new Uint8Array(length)
  for (const [order, position] of informationPositions(length, information.length).entries()) {
    word[position] = information[order]!
  }
  for (let half = 1; half < length; half *= 2) {
    for (let start = 0; start < length; start += 2 * half) {
      for (let index = start; index < start + half; index += 1) word[index]! ^= word[index + half]!
    }
  }
  return word
}

/** One hypothesis of the list: the bits decided so far and what they imply for the rest. */
interface Path {
  /** Log-likelihood ratios of all layers; layer k, of length/2^k values, starts at offsets[k]. */
  readonly ratios: Float32Array
  /** Partial sums of all layers in the same places, one array for each side of the butterfly. */
  readonly sums: readonly [Uint8Array, Uint8Array]
  readonly decided: Uint8Array
  /** The log-likelihood that this hypothesis has lost; the smallest is the best. */
  penalty: number
}

const createPath = (length: number): Path => ({
  ratios: new Float32Array(2 * length),
  sums: [new Uint8Array(2 * length), new Uint8Array(2 * length)],
  decided: new Uint8Array(length),
  penalty: 0,
})

const copyPath = (from: Path, to: Path): void => {
  to.ratios.set(from.ratios)
  to.sums[0].set(from.sums[0])
  to.sums[1].set(from.sums[1])
  to.decided.set(from.decided)
  to.penalty = from.penalty
}

/** Decodes within one path: brings the ratio of input bit `phase` up to date, and takes note of the bit once decided. */
const createButterfly = (length: number) => {
  const layers = Math.log2(length)
  const offsets = Array.from({ length: layers + 1 }, (_, layer) => 2 * length - 2 ** (layers - layer + 1))

  const refresh = (path: Path, layer: number, phase: number): void => {
    if (layer === 0) return
    if (phase % 2 === 0) refresh(path, layer - 1, phase >> 1)
    const half = 2 ** (layers - layer)
    const above = offsets[layer - 1]!
    const here = offsets[layer]!
    const { ratios } = path
    const left = path.sums[0]
    for (let index = 0; index < half; index += 1) {
      const upper = ratios[above + index]!
      const lower = ratios[above + half + index]!
      if (phase % 2 === 0) {
        const least = Math.min(Math.abs(upper), Math.abs(lower))
        ratios[here + index] = upper < 0 === lower < 0 ? least : -least
      } else {
        ratios[here + index] = left[here + index] ? lower - upper : lower + upper
      }
    }
  }

  const propagate = (path: Path, layer: number, phase: number): void => {
    if (layer === 0 || phase % 2 === 0) return
    const half = 2 ** (layers - layer)
    const here = offsets[layer]!
    const above = offsets[layer - 1]!
    const [left, right] = path.sums
    const target = path.sums[(phase >> 1) & 1]!
    for (let index = 0; index < half; index += 1) {
      const bit = right[here + index]!
      target[above + index] = left[here + index]! ^ bit
      target[above + half + index] = bit
    }
    propagate(path, layer - 1, phase >> 1)
  }

  const last = offsets[layers]!
  return {
    ratio: (path: Path, phase: number): number => {
      refresh(path, layers, phase)
      return path.ratios[last]!
    },
    decide: (path: Path, phase: number, bit: number): void => {
      path.sums[phase & 1]![last] = bit
      path.decided[phase] = bit
      propagate(path, layers, phase)
    },
  }
}

/**
 * The information bits that explain the received ratios best.
 *
 * @param ratios one log-likelihood ratio for each code bit, positive for 0; only their relative size matters.
 * @param options.paths how many hypotheses are followed at once.
 * @param options.accept the checksum: the best hypothesis that it accepts wins.
 * @returns `accepted` is false when no hypothesis passed the checksum; `information` is then the best guess.
 */
export const decodePolar = (
  ratios: ArrayLike<number>,
  count: number,
  options: { paths: number; accept: (information: Uint8Array) => boolean },
): { information: Uint8Array; accepted: boolean } => {
  const length = ratios.length
  const positions = informationPositions(length, count)
  const carries = new Uint8Array(length)
  for (const position of positions) carries[position] = 1
  const butterfly = createButterfly(length)

  const spare = Array.from({ length: options.paths - 1 }, () => createPath(length))
  const first = createPath(length)
  first.ratios.set(ratios)
  let paths = [first]

  for (let phase = 0; phase < length; phase += 1) {
    const choices: { path: Path; bit: number; penalty: number }[] = []
    for (const path of paths) {
      const ratio = butterfly.ratio(path, phase)
      for (const bit of carries[phase] ? [0, 1] : [0]) {
        const agrees = bit === (ratio < 0 ? 1 : 0)
        choices.push({ path, bit, penalty: path.penalty + (agrees ? 0 : Math.abs(ratio)) })
      }
    }
    choices.sort((left, right) => left.penalty - right.penalty)
    const kept = choices.slice(0, options.paths)
    const alive = new Set(kept.map(({ path }) => path))
    spare.push(...paths.filter((path) => !alive.has(path)))

    // A path that is kept with both bits is copied before either bit is written into it.
    const next = kept.map((choice) => {
      if (alive.delete(choice.path)) return choice
      const copy = spare.pop()!
      copyPath(choice.path, copy)
      return { ...choice, path: copy }
    })
    for (const { path, bit, penalty } of next) {
      path.penalty = penalty
      butterfly.decide(path, phase, bit)
    }
    paths = next.map(({ path }) => path)
  }

  const words = paths
    .sort((left, right) => left.penalty - right.penalty)
    .map(({ decided }) => Uint8Array.from(positions, (position) => decided[position]!))
  const accepted = words.find(options.accept)
  return { information: accepted ?? words[0]!, accepted: accepted !== undefined }
}
