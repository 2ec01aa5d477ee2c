/** Buckets of a histogram: eight an octave over 64 octaves. */
export const bucketCount = 512

// Buckets of Prometheus native histograms, schema 3 (base 2^(1/8)): bucket k holds (edge(k - 1), edge(k)], closed above
// like the `le` of the text format, so both formats show the same counts. 2^-24 s is 60 ns, 2^40 By is 1 TiB.
const lowestExponent = -24
const octaveEdges = Array.from({ length: 8 }, (_, step) => 2 ** (step / 8))

// A sixteenth of an octave, taken from the top four bits of the mantissa, holds at most one edge: the number of edges
// under it, and the one inside it, tell the bucket with one comparison and no logarithm.
const cells = Array.from({ length: 16 }, (_, cell) => 1 + cell / 16)
const edgesBelow = Uint8Array.from(cells, (from) => octaveEdges.filter((edge) => edge < from).length)
const edgeInside = Float64Array.from(
  cells,
  (from) => octaveEdges.find((edge) => edge >= from && edge < from + 1 / 16) ?? 2,
)

/**
 * Counts of observed values by size, in {@link bucketCount} buckets that are allocated once. A quantile read from it is
 * within 4.4 % of the observed value of that rank, for values in [2^-24, 2^39.75].
 */
export interface Histogram {
  readonly counts: Float64Array
  count: number
  sum: number
  max: number
  /** The value observed last. */
  last: number
  /** Observations that no bucket can hold: negative, NaN, infinite. They are in none of the other fields. */
  refused: number
}

/** A histogram of nothing yet. */
export const createHistogram = (): Histogram => ({
  counts: new Float64Array(bucketCount),
  count: 0,
  sum: 0,
  max: 0,
  last: 0,
  refused: 0,
})

/** The upper edge of a bucket, which the bucket includes; `Infinity` for the last. */
export const bucketEdge = (bucket: number): number =>
  bucket < bucketCount - 1 ? 2 ** (lowestExponent + (bucket >> 3)) * (octaveEdges[bucket & 7] as number) : Infinity

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0

/** The bucket that holds `value`, a finite number that is not negative. */
export const bucketOf = (value: number): number => {
  // Adding zero turns -0 into 0, whose sign bit would point to the largest bucket.
  double[0] = value + 0
  const high = words[highWord] as number
  words[highWord] = (high & 0xfffff) | 0x3ff00000
  const mantissa = double[0] as number
  const cell = (high >>> 16) & 15
  const step = (edgesBelow[cell] as number) + (mantissa > (edgeInside[cell] as number) ? 1 : 0)
  const bucket = ((high >>> 20) - 1023 - lowestExponent) * 8 + step
  return bucket < 0 ? 0 : bucket < bucketCount ? bucket : bucketCount - 1
}

/** Counts one value. It does not throw: what is no size is counted as refused. */
export const observe = (histogram: Histogram, value: number): void => {
  if (!(value >= 0 && value < Infinity)) {
    histogram.refused += 1
    return
  }
  const bucket = bucketOf(value)
  histogram.counts[bucket] = (histogram.counts[bucket] as number) + 1
  histogram.count += 1
  histogram.sum += value
  histogram.last = value
  if (value > histogram.max) histogram.max = value
}

/** All observations of several histograms in a new one. */
export const mergeHistograms = (histograms: readonly Histogram[]): Histogram => {
  const merged = createHistogram()
  for (const histogram of histograms) {
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      merged.counts[bucket] = (merged.counts[bucket] as number) + (histogram.counts[bucket] as number)
    }
    merged.count += histogram.count
    merged.sum += histogram.sum
    merged.max = Math.max(merged.max, histogram.max)
    merged.last = histogram.last
    merged.refused += histogram.refused
  }
  return merged
}

/** What `later` observed since it looked like `earlier`. Its `max` is that of `later`: an upper bound. */
export const histogramSince = (later: Histogram, earlier: Histogram): Histogram => ({
  counts: later.counts.map((count, bucket) => count - (earlier.counts[bucket] as number)),
  count: later.count - earlier.count,
  sum: later.sum - earlier.sum,
  max: later.max,
  last: later.last,
  refused: later.refused - earlier.refused,
})

/**
 * The value below or at which the share `q` of the observations lies (nearest rank), or `undefined` of nothing: no data
 * is not zero.
 *
 * @param q in [0, 1].
 */
export const quantile = (histogram: Histogram, q: number): number | undefined => {
  if (histogram.count === 0) return undefined
  const rank = Math.max(1, Math.ceil(q * histogram.count))
  let bucket = 0
  for (let seen = histogram.counts[0] as number; seen < rank && bucket < bucketCount - 1; ) {
    bucket += 1
    seen += histogram.counts[bucket] as number
  }
  if (bucket === bucketCount - 1) return histogram.max
  const upper = bucketEdge(bucket)
  const lower = bucket === 0 ? 0 : bucketEdge(bucket - 1)
  // The harmonic mean of the edges is off by the same share at both: (upper - lower) / (upper + lower).
  return Math.min(histogram.max, (2 * lower * upper) / (lower + upper))
}
