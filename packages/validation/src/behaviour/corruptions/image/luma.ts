/** How much red, green and blue add to brightness (ITU-R BT.601). */
const lumaWeights = [0.299, 0.587, 0.114] as const

/** The brightness of a colour. */
export const lumaOf = (red: number, green: number, blue: number): number =>
  lumaWeights[0] * red + lumaWeights[1] * green + lumaWeights[2] * blue

/** What a colour is in a picture of so many channels: itself, or its brightness in a grey one. */
export const inChannels = (channels: 1 | 3, colour: readonly [number, number, number]): readonly number[] =>
  channels === 3 ? colour : [lumaOf(...colour)]
