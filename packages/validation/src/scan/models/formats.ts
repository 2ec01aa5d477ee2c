import type { Format } from '../format.ts'
import { arrowFormat, arrowStreamFormat, featherFormat, parquetFormat } from './arrow.ts'
import { caffeFormat, prototxtFormat } from './caffe.ts'
import { cntkFormat } from './cntk.ts'
import { coremlFormat } from './coreml.ts'
import { executorchFormat, llamafileFormat, rknnFormat, tensorrtFormat } from './devices.ts'
import { matlabFormats } from './matlab.ts'
import { matlab4Format } from './matlab-4.ts'
import { mediaFormats } from './media.ts'
import { msgpackFormat } from './msgpack.ts'
import { mxnetParametersFormat } from './mxnet.ts'
import { netcdfFormat } from './netcdf.ts'
import { paddleParametersFormat, paddleProgramFormat } from './paddle.ts'
import { pdfFormat } from './pdf.ts'
import { darknetFormat, darknetWeightsFormat, fasttextFormat, ncnnFormat, word2vecFormat } from './plain-networks.ts'
import { rDataFormat } from './r-data.ts'
import { sentencepieceFormat } from './sentencepiece.ts'
import { sqliteFormat } from './sqlite.ts'
import { svgFormat } from './svg.ts'
import { tfrecordFormat } from './tfrecord.ts'
import { torch7Format, torch7TextFormat } from './torch7.ts'

/** Other model formats, and the media and documents that stand beside models: those without a magic come last. */
export const modelsFormats: readonly Format[] = [
  torch7Format,
  torch7TextFormat,
  coremlFormat,
  cntkFormat,
  mxnetParametersFormat,
  rDataFormat,
  ...matlabFormats,
  executorchFormat,
  tensorrtFormat,
  rknnFormat,
  llamafileFormat,
  ncnnFormat,
  fasttextFormat,
  arrowFormat,
  featherFormat,
  parquetFormat,
  arrowStreamFormat,
  tfrecordFormat,
  sqliteFormat,
  netcdfFormat,
  ...mediaFormats,
  pdfFormat,
  svgFormat,
  prototxtFormat,
  darknetFormat,
  paddleProgramFormat,
  sentencepieceFormat,
  caffeFormat,
  paddleParametersFormat,
  darknetWeightsFormat,
  msgpackFormat,
  word2vecFormat,
  matlab4Format,
]
