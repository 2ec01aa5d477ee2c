/**
 * The search, for each example, of the least weight of the attack's loss against the change's size that still fools the
 * model (Carlini and Wagner 2017): times ten until it does, then halving between.
 */
export const createTradeOff = (count: number, first: number) => {
  const low = new Float64Array(count)
  const high = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const weights = new Float64Array(count).fill(first)
  return {
    weights,
    /** Chooses the next weight of an example from whether the last one fooled the model. */
    choose(row: number, isFooled: boolean): void {
      const weight = weights[row] ?? first
      if (isFooled) high[row] = weight
      else low[row] = weight
      const [least, most] = [low[row] ?? 0, high[row] ?? Number.POSITIVE_INFINITY]
      weights[row] = most === Number.POSITIVE_INFINITY ? weight * 10 : (least + most) / 2
    },
  }
}
