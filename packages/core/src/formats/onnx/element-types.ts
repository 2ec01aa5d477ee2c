import { type ElementType, tensorArrays } from '../../contracts/tensor.ts'
import { dataTypes } from './constants.ts'

/** ONNX's number of each element type. */
export const dataTypeOf: Readonly<Record<ElementType, number>> = {
  float32: dataTypes.FLOAT,
  float64: dataTypes.DOUBLE,
  float16: dataTypes.FLOAT16,
  int8: dataTypes.INT8,
  uint8: dataTypes.UINT8,
  int16: dataTypes.INT16,
  uint16: dataTypes.UINT16,
  int32: dataTypes.INT32,
  uint32: dataTypes.UINT32,
  int64: dataTypes.INT64,
  uint64: dataTypes.UINT64,
  bool: dataTypes.BOOL,
  string: dataTypes.STRING,
}

const byDataType = new Map(Object.entries(dataTypeOf).map(([type, number]) => [number, type as ElementType]))

/** The element type of an ONNX data type; undefined for the ones that onnxruntime's JavaScript cannot hold, such as BFLOAT16. */
export const elementTypeOf = (dataType: number): ElementType | undefined => byDataType.get(dataType)

/** The name of an ONNX data type, for messages: `FLOAT`, or its number where there is none. */
export const dataTypeName = (dataType: number): string =>
  Object.entries(dataTypes).find(([, number]) => number === dataType)?.[0] ?? `data type ${dataType}`

/** Bytes of one element. */
export const elementSize = (type: Exclude<ElementType, 'string'>): number => tensorArrays[type].BYTES_PER_ELEMENT
