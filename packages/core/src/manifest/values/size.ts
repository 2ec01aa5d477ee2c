import { textSchema } from './text.ts'

const unitBytes = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const
type Unit = keyof typeof unitBytes

// Six digits of GiB still are a safe integer of bytes.
const pattern = /^[1-9][0-9]{0,5}(B|kB|MB|GB|KiB|MiB|GiB)$/

/** A size such as `512MiB` or `2GB` → bytes. */
export const sizeSchema = textSchema(
  pattern,
  'expected a size: a whole number of up to six digits and one of B, kB, MB, GB, KiB, MiB, GiB, such as 512MiB',
).transform((text) => Number.parseInt(text, 10) * unitBytes[text.replace(/^[0-9]+/, '') as Unit])
