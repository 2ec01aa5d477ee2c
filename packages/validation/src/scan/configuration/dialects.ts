import { boosterDialects } from '../boosters/dialects.ts'
import { kerasDialects } from '../keras/dialects.ts'
import { modelsDialects } from '../models/dialects.ts'
import { pythonDialects } from '../python/dialects.ts'
import { safetensorsDialects } from '../safetensors/dialects.ts'
import type { Dialect } from './dialect.ts'
import { huggingFaceDialects } from './hugging-face.ts'
import { toolDialects } from './tool-dialects.ts'

/** Every kind of document with a meaning of its own; the first that matches names it, and all that match check it. */
export const dialects: readonly Dialect[] = [
  ...kerasDialects,
  ...boosterDialects,
  ...safetensorsDialects,
  ...modelsDialects,
  ...pythonDialects,
  ...huggingFaceDialects,
  ...toolDialects,
]
