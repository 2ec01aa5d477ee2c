/** One picture, or any other row of numbers. */
type Values = ArrayLike<number>

/** The window of Wang et al. (2004): a Gaussian of 11 x 11 with deviation 1.5; smaller where the picture is. */
const widestWindow = 11
const windowDeviation = 1.5

/** A window narrower than this has too few pixels to have a structure. */
const narrowestWindow = 3

/** The weights of a window along one side. */
const windowOf = (size: number): number[] => {
  const raw = Array.from({ length: size }, (_, place) =>
    Math.exp(-((place - (size - 1) / 2) ** 2) / (2 * windowDeviation ** 2)),
  )
  const total = raw.reduce((sum, weight) => sum + weight, 0)
  return raw.map((weight) => weight / total)
}

/** The index of two windows from their moments. */
const indexOf = (moments: Moments, range: number): number => {
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2]
  const { mean, otherMean, square, otherSquare, product } = moments
  const variances = square - mean ** 2 + (otherSquare - otherMean ** 2)
  const covariance = product - mean * otherMean
  return ((2 * mean * otherMean + c1) * (2 * covariance + c2)) / ((mean ** 2 + otherMean ** 2 + c1) * (variances + c2))
}

interface Moments {
  mean: number
  otherMean: number
  square: number
  otherSquare: number
  product: number
}

/** What is compared: rows of pixels of `height` x `width`, plane after plane. */
export interface PictureShape {
  readonly height: number
  readonly width: number
  /** The width of the values' domain. */
  readonly range: number
}

/**
 * The structural similarity of two pictures (SSIM: Wang, Bovik, Sheikh and Simoncelli 2004), the mean over every place where
 * the whole window lies inside, and over the planes. 1 is the same picture.
 */
export const structuralSimilarity = (one: Values, other: Values, { height, width, range }: PictureShape): number => {
  const shorter = Math.min(height, width, widestWindow)
  const size = shorter % 2 === 0 ? shorter - 1 : shorter
  const weights = windowOf(size)
  let [sum, places] = [0, 0]
  for (let plane = 0; plane < one.length; plane += height * width) {
    for (let top = 0; top + size <= height; top += 1) {
      for (let left = 0; left + size <= width; left += 1) {
        const moments: Moments = { mean: 0, otherMean: 0, square: 0, otherSquare: 0, product: 0 }
        for (let row = 0; row < size; row += 1) {
          for (let column = 0; column < size; column += 1) {
            const place = plane + (top + row) * width + left + column
            const weight = (weights[row] ?? 0) * (weights[column] ?? 0)
            const [a, b] = [one[place] ?? 0, other[place] ?? 0]
            moments.mean += weight * a
            moments.otherMean += weight * b
            moments.square += weight * a * a
            moments.otherSquare += weight * b * b
            moments.product += weight * a * b
          }
        }
        sum += indexOf(moments, range)
        places += 1
      }
    }
  }
  return sum / places
}

/** Pearson's correlation of two rows; 0 where one of them is constant. */
export const correlation = (one: Values, other: Values): number => {
  const count = one.length
  let [sum, otherSum, square, otherSquare, product] = [0, 0, 0, 0, 0]
  for (let index = 0; index < count; index += 1) {
    const [a, b] = [one[index] ?? 0, other[index] ?? 0]
    sum += a
    otherSum += b
    square += a * a
    otherSquare += b * b
    product += a * b
  }
  const spread = (square - sum ** 2 / count) * (otherSquare - otherSum ** 2 / count)
  return spread > 0 ? (product - (sum * otherSum) / count) / Math.sqrt(spread) : 0
}

/** How alike two examples of these dimensions are: SSIM of pictures, correlation of anything else. */
export const similarityOf = (dims: readonly number[], range: number): ((one: Values, other: Values) => number) => {
  const [height = 1, width = 1] = dims.slice(-2)
  const isPicture = dims.length === 4 && Math.min(height, width) >= narrowestWindow
  return isPicture ? (one, other) => structuralSimilarity(one, other, { height, width, range }) : correlation
}
