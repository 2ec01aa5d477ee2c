export {
  type ContentHash,
  type ContentHasher,
  contentHashBytes,
  contentHashes,
  createContentHasher,
} from './content-hash.ts'
export { createIgnore, defaultIgnoredPaths, parseIgnoredPaths, pathInside } from './ignored-paths.ts'
export { modelBytes } from './model-bytes.ts'
export {
  type ModelFiles,
  openModelFiles,
  type PackageLimits,
  packageLimits,
  streamedLimits,
} from './model-files.ts'
export { createModelPackage, type ModelPackage, mainFile, type PackageFile, readModelPackage } from './model-package.ts'
export { isAtOrBelow, isInsidePath, singleFile } from './model-path.ts'
export { attributeTypes, dataTypes, externalLocation } from './onnx/constants.ts'
export {
  type AttributeValue,
  createAttribute,
  createGraph,
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  type OnnxModelContent,
  replaceTensorValues,
  type TensorContent,
} from './onnx/create.ts'
export {
  findOnnxDangers,
  isInterpreterOperator,
  type OnnxDanger,
  type OnnxDangerKind,
  refuseLocation,
} from './onnx/dangers.ts'
export { dataTypeOf, elementTypeOf } from './onnx/element-types.ts'
export { type ExternalData, parseExternalData } from './onnx/external-data.ts'
export { type OnnxLimits, onnxLimits } from './onnx/limits.ts'
export type {
  AttributeProto,
  ByteRange,
  Dimension,
  FunctionProto,
  GraphProto,
  MapType,
  Message,
  NodeProto,
  OnnxModel,
  OpaqueType,
  OperatorSetIdProto,
  Segment,
  SequenceType,
  SparseTensorProto,
  StringStringEntryProto,
  TensorAnnotation,
  TensorBytes,
  TensorProto,
  TensorShapeProto,
  TensorType,
  TrainingInfoProto,
  TypeProto,
  UnknownField,
  ValueInfoProto,
} from './onnx/model.ts'
export { type ReadOnnxOptions, readOnnx, readOnnxFile, readOnnxSource } from './onnx/read.ts'
export { onnxSignature } from './onnx/signature.ts'
export { tensorValues } from './onnx/tensor.ts'
export { walkNodes, walkTensors } from './onnx/walk.ts'
export type { PositionedSource } from './onnx/wire-reader.ts'
export { writeOnnx } from './onnx/write.ts'
export { openRegularFile, type RegularFile } from './regular-file.ts'
export { signatureName, usualSignature } from './signature-place.ts'
export {
  openSignedFiles,
  type SignedContent,
  type SignedFiles,
  type SignedFilesLimits,
  signedFilesLimits,
} from './verified-read.ts'
