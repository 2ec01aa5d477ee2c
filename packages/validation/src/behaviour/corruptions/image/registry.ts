import { blurCorruptions } from './blur-corruptions.ts'
import { digitalCorruptions } from './digital-corruptions.ts'
import { noiseCorruptions } from './noise-corruptions.ts'
import { weatherCorruptions } from './weather-corruptions.ts'

/** The corruptions of pictures, by name. */
export const imageCorruptions = {
  ...noiseCorruptions,
  ...blurCorruptions,
  ...weatherCorruptions,
  ...digitalCorruptions,
}
