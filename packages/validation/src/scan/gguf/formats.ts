import { type Format, hasMagic, type Sample } from '../format.ts'
import { inspectGguf } from './inspect-gguf.ts'
import { legacyFormats } from './legacy.ts'

/** A text may begin with the word; a header always has zeros in its first numbers. */
const recognise = ({ head, text }: Sample): 'certain' | undefined =>
  hasMagic(head, 'GGUF') && text === undefined ? 'certain' : undefined

/** The format of llama.cpp, and those that came before it. */
export const ggufFormats: readonly Format[] = [
  { name: 'gguf', title: 'GGUF model', recognise, inspect: inspectGguf },
  ...legacyFormats,
]
