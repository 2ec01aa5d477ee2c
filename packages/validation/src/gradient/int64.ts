/** Exporters write it for "to the end"; as a number it would round up to what int64 cannot hold. */
const greatest = 2n ** 63n - 1n

/** Whole numbers as int64; what is beyond its range is its last value. */
export const int64Array = (values: readonly number[]): BigInt64Array =>
  BigInt64Array.from(values, (value) => (value >= 2 ** 63 ? greatest : BigInt(value)))
