/** The value of 16 bits as IEEE 754 binary16. */
const valueOfHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

let table: Float32Array | undefined

/** The values of IEEE 754 binary16 numbers, by a table of all 65,536. */
export const valuesOfHalves = (halves: Uint16Array): Float32Array => {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => valueOfHalf(bits))
  const values = new Float32Array(halves.length)
  for (let index = 0; index < halves.length; index += 1) values[index] = table[halves[index]!]!
  return values
}
