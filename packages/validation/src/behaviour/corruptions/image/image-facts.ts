/** Hendrycks and Dietterich (2019): the constants are those of the programs that made CIFAR-10-C, Tiny ImageNet-C and ImageNet-C. */
const reference = 'arXiv 1903.12261'

/** The 15 that the paper takes the mean over. */
export const common = { modality: 'image', reference, isInMean: true } as const
/** The 4 that it keeps back for validation. */
export const extra = { ...common, isInMean: false } as const

/** Strengths of one number each. */
export const single = ([one, two, three, four, five]: readonly [number, number, number, number, number]) =>
  [[one], [two], [three], [four], [five]] as const
