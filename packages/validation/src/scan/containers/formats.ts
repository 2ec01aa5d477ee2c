import type { Format } from '../format.ts'
import { archiveFormats } from './archives.ts'
import { streamFormats } from './streams/formats.ts'
import { tarFormats } from './tar/formats.ts'
import { torchScriptCode } from './torchscript-code.ts'
import { zipFormats } from './zip/formats.ts'

/** Archives and compressed streams. */
export const containerFormats: readonly Format[] = [
  ...zipFormats,
  ...tarFormats,
  ...archiveFormats,
  ...streamFormats,
  torchScriptCode,
]
