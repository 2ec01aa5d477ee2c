/**
 * The 8x8 cosine transform in whole numbers, by the flow graph of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with
 * multipliers of 13 bits: what the usual decoders and encoders compute, so that pictures come out the same.
 */

const bits = 13
/** Extra bits that the first of the two passes keeps. */
const extraBits = 2

const fixed = (value: number): number => Math.round(value * (1 << bits))
const c0298 = fixed(0.298631336)
const c0390 = fixed(0.390180644)
const c0541 = fixed(0.5411961)
const c0765 = fixed(0.765366865)
const c0899 = fixed(0.899976223)
const c1175 = fixed(1.175875602)
const c1501 = fixed(1.50132111)
const c1847 = fixed(1.847759065)
const c1961 = fixed(1.96157056)
const c2053 = fixed(2.053119869)
const c2562 = fixed(2.562915447)
const c3072 = fixed(3.072711026)

const rounded = (value: number, shift: number): number => (value + (1 << (shift - 1))) >> shift

/** One line of eight, `step` apart: rows first, then columns. */
const forwardLine = (block: Int32Array, start: number, step: number, isFirst: boolean): void => {
  const shift = isFirst ? bits - extraBits : bits + extraBits
  const [i0, i1, i2, i3] = [start, start + step, start + 2 * step, start + 3 * step]
  const [i4, i5, i6, i7] = [start + 4 * step, start + 5 * step, start + 6 * step, start + 7 * step]
  const s0 = (block[i0] ?? 0) + (block[i7] ?? 0)
  const s1 = (block[i1] ?? 0) + (block[i6] ?? 0)
  const s2 = (block[i2] ?? 0) + (block[i5] ?? 0)
  const s3 = (block[i3] ?? 0) + (block[i4] ?? 0)
  const d0 = (block[i0] ?? 0) - (block[i7] ?? 0)
  const d1 = (block[i1] ?? 0) - (block[i6] ?? 0)
  const d2 = (block[i2] ?? 0) - (block[i5] ?? 0)
  const d3 = (block[i3] ?? 0) - (block[i4] ?? 0)

  const total = s0 + s3 + s1 + s2
  const difference = s0 + s3 - s1 - s2
  block[i0] = isFirst ? total << extraBits : rounded(total, extraBits)
  block[i4] = isFirst ? difference << extraBits : rounded(difference, extraBits)
  const turned = (s0 - s3 + s1 - s2) * c0541
  block[i2] = rounded(turned + (s0 - s3) * c0765, shift)
  block[i6] = rounded(turned - (s1 - s2) * c1847, shift)

  const common = (d0 + d1 + d2 + d3) * c1175
  const z1 = -(d3 + d0) * c0899
  const z2 = -(d2 + d1) * c2562
  const z3 = common - (d3 + d1) * c1961
  const z4 = common - (d2 + d0) * c0390
  block[i7] = rounded(d3 * c0298 + z1 + z3, shift)
  block[i5] = rounded(d2 * c2053 + z2 + z4, shift)
  block[i3] = rounded(d1 * c3072 + z2 + z3, shift)
  block[i1] = rounded(d0 * c1501 + z1 + z4, shift)
}

/** The other way: columns first, then rows. */
const inverseLine = (block: Int32Array, start: number, step: number, isFirst: boolean): void => {
  const shift = isFirst ? bits - extraBits : bits + extraBits + 3
  const [i0, i1, i2, i3] = [start, start + step, start + 2 * step, start + 3 * step]
  const [i4, i5, i6, i7] = [start + 4 * step, start + 5 * step, start + 6 * step, start + 7 * step]
  const outer = block[i2] ?? 0
  const inner = block[i6] ?? 0
  const turned = (outer + inner) * c0541
  const low = turned - inner * c1847
  const high = turned + outer * c0765
  const sum = ((block[i0] ?? 0) + (block[i4] ?? 0)) << bits
  const difference = ((block[i0] ?? 0) - (block[i4] ?? 0)) << bits

  const o7 = block[i7] ?? 0
  const o5 = block[i5] ?? 0
  const o3 = block[i3] ?? 0
  const o1 = block[i1] ?? 0
  const common = (o7 + o5 + o3 + o1) * c1175
  const z1 = -(o7 + o1) * c0899
  const z2 = -(o5 + o3) * c2562
  const z3 = common - (o7 + o3) * c1961
  const z4 = common - (o5 + o1) * c0390
  const d0 = o1 * c1501 + z1 + z4
  const d1 = o3 * c3072 + z2 + z3
  const d2 = o5 * c2053 + z2 + z4
  const d3 = o7 * c0298 + z1 + z3
  block[i0] = rounded(sum + high + d0, shift)
  block[i7] = rounded(sum + high - d0, shift)
  block[i1] = rounded(difference + low + d1, shift)
  block[i6] = rounded(difference + low - d1, shift)
  block[i2] = rounded(difference - low + d2, shift)
  block[i5] = rounded(difference - low - d2, shift)
  block[i3] = rounded(sum - high + d3, shift)
  block[i4] = rounded(sum - high - d3, shift)
}

/** From samples around 0 to coefficients that are eight times too large, in place. */
export const forwardTransform = (block: Int32Array): void => {
  for (let row = 0; row < 8; row += 1) forwardLine(block, row * 8, 1, true)
  for (let column = 0; column < 8; column += 1) forwardLine(block, column, 8, false)
}

/** From coefficients to samples around 0, in place. */
export const inverseTransform = (block: Int32Array): void => {
  for (let column = 0; column < 8; column += 1) inverseLine(block, column, 8, true)
  for (let row = 0; row < 8; row += 1) inverseLine(block, row * 8, 1, false)
}
