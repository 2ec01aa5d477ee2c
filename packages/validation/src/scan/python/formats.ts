import type { Format } from '../format.ts'
import { compiledFileFormat, marshalFormat } from './compiled-code.ts'
import { joblibZfileFormat } from './joblib-zfile.ts'
import { npyFormat } from './npy.ts'
import { pythonSourceFormat } from './python-source.ts'
import { torchLegacyFormat } from './torch-legacy.ts'
import { torchTarFormats } from './torch-tar.ts'

/** Files that Python libraries write around pickles: numpy, joblib, old torch files, compiled code. */
export const pythonFormats: readonly Format[] = [
  npyFormat,
  torchLegacyFormat,
  ...torchTarFormats,
  joblibZfileFormat,
  compiledFileFormat,
  marshalFormat,
  pythonSourceFormat,
]
